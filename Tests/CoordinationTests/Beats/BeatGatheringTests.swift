import EventLoop
import Journal
import Testing

@testable import Coordination

@Suite struct BeatGatheringTests {
  private static let (ann, bob) = (AgentID(.default, "ann"), AgentID(.default, "bob"))

  private static func at(_ second: Int64) -> Instant { Instant(nanoseconds: second * 1_000_000_000) }

  @Test("heartbeats gather until the first of them is due, each agent's once")
  func gathers() {
    var gathering = BeatGathering()
    let nothing = gathering.take(at: Self.at(100))
    #expect(nothing == nil)
    let earlier = [(Self.ann, 10), (Self.bob, 11), (Self.ann, 12)].map { gathering.add($0, by: Self.at($1)) }
    #expect(earlier == [true, false, false])
    #expect(gathering.due == Self.at(10))
    let early = gathering.take(at: Self.at(9))
    #expect(early == nil)
    let due = gathering.take(at: Self.at(10))
    #expect(Set(due ?? []) == [Self.ann, Self.bob])
    let again = gathering.take(at: Self.at(100))
    #expect(gathering.due == nil && again == nil)
  }

  @Test("one that is due earlier has all written earlier")
  func earlier() {
    var gathering = BeatGathering()
    _ = gathering.add(Self.ann, by: Self.at(10))
    let isEarlier = gathering.add(Self.bob, by: Self.at(5))
    #expect(isEarlier)
    let taken = gathering.take(at: Self.at(5))
    #expect(taken?.count == 2)
  }
}
