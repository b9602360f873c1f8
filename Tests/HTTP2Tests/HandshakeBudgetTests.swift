import EventLoop
import Testing

@testable import HTTP2

@Suite struct HandshakeBudgetTests {
  @Test func `A turn has room for some handshakes, the next for others`() async {
    let loop = EventLoop(name: "handshakes")
    loop.start()
    defer { loop.stop() }
    var ran: [Int] = []
    for _ in 0..<3 {
      // Each body is run in a turn of its own.
      ran.append(
        await loop.run { () async in
          let budget = HandshakeBudget()
          return (0..<1000).filter { _ in budget.run(on: loop) { Self.work(milliseconds: 1) } }.count
        })
    }
    #expect(ran.allSatisfy { (1...2).contains($0) })
    let budget = await loop.run { () async in Budget() }
    for _ in 0..<3 {
      let turn = await loop.run { () async in loop.turn }
      #expect(await eventually { await loop.run { () async in loop.turn } > turn })
      let isAdmitted = await loop.run { () async in budget.value.run(on: loop) { Self.work(milliseconds: 3) }
      }
      #expect(isAdmitted)
    }
  }

  /// Confined to the loop of its test.
  private final class Budget: @unchecked Sendable {
    let value = HandshakeBudget()
  }

  private static func work(milliseconds: Int64) {
    let end = Instant.now.nanoseconds + milliseconds * 1_000_000
    while Instant.now.nanoseconds < end {}
  }

  private func eventually(_ condition: () async -> Bool) async -> Bool {
    for _ in 0..<10_000 { if await condition() { return true } }
    return false
  }
}
