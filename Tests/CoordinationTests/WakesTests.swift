import EventLoop
import Journal
import Testing
import Wire

@testable import Coordination

@Suite struct WakesTests {
  private static let agent = WakeTopic.agent(.default, TextKey("a"))

  @Test("a ring reaches who waits for its topic, also one that comes before the wait")
  func rings() async throws {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let (loop, wakes) = (group.loops[0], Wakes())
    await loop.run {
      await wakes.waiting(for: Self.agent, on: loop) { wake in
        wakes.ring(.agent(.default, TextKey("b")))
        wakes.ring(Self.agent)
        await wake.wait(atMost: .seconds(60))
        #expect(wakes.count == 1)
      }
    }
    #expect(wakes.count == 0)
  }
}
