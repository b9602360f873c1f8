import EventLoop
import Testing

@testable import Journal

@Suite struct BellTests {
  @Test("a bell ends a wait when it rings, when it has rung before, and when the time is over")
  func rings() async throws {
    let loop = EventLoop(name: "bell")
    loop.start()
    defer { loop.stop() }
    await loop.run {
      let bell = Bell(loop: loop)
      bell.ring()
      bell.ring()
      await bell.wait(atMost: .seconds(3600))
      let start = Instant.now
      await bell.wait(atMost: .milliseconds(10))
      #expect(Instant.now - start >= .milliseconds(10))
      let waiting = loop.startTask { await bell.wait(atMost: .seconds(3600)) }
      bell.ring()
      // Between the ring and the return of the one who waited: still the same call.
      bell.ring()
      await waiting.value
    }
  }
}
