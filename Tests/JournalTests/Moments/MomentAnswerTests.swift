import GRPC
import Postgres
import Testing

@testable import Journal

@Suite struct MomentAnswerTests {
  private static let id = UUID128.makeVersion7()
  private static let present = PostgresTimestamp(microseconds: 1_000)

  /// An answer about a journal that reaches from `pruned` to 100, pruned up to the time 10.
  private func answer(
    _ position: Int64, at: Int64 = 0, pruned: Int64 = 0, isLast: Bool = false
  ) -> MomentAnswer {
    MomentAnswer(
      extent: JournalExtent(id: Self.id, pruned: pruned, newest: 100),
      prunedTime: pruned > 0 ? PostgresTimestamp(microseconds: 10) : nil, present: Self.present,
      position: position, at: PostgresTimestamp(microseconds: at), isLast: isLast)
  }

  private static func time(_ microseconds: Int64) -> PostgresTimestamp {
    PostgresTimestamp(microseconds: microseconds)
  }

  @Test(
    "a position is a moment once it is settled",
    arguments: [
      (50, 50, .resolved(Moment(position: 50, time: time(7)))), (50, 49, .wait(50)), (100, 99, .wait(100)),
      (0, 0, .resolved(Moment(position: 0, time: time(7)))),
    ] as [(Int64, Int64, MomentAnswer.Decision)])
  func positions(_ position: Int64, _ settled: Int64, _ expected: MomentAnswer.Decision) throws {
    let wanted = WantedMoment(.position(position))
    #expect(try answer(position, at: 7).decision(on: wanted, settled: settled) == expected)
  }

  @Test(
    "a time is a moment once nothing under way can belong to it",
    arguments: [
      // A settled change comes after it, so what is under way is later.
      (false, 60, .resolved(Moment(position: 50, time: time(500)))),
      (true, 60, .wait(100)),
      (true, 100, .resolved(Moment(position: 50, time: time(500)))),
    ] as [(Bool, Int64, MomentAnswer.Decision)])
  func times(_ isLast: Bool, _ settled: Int64, _ expected: MomentAnswer.Decision) throws {
    let wanted = WantedMoment(.time(Self.time(500)))
    #expect(try answer(50, isLast: isLast).decision(on: wanted, settled: settled) == expected)
  }

  @Test("what is written after the first look is not waited for")
  func awaited() throws {
    let wanted = WantedMoment(.time(Self.time(500)))
    let later = answer(50, isLast: true)
    #expect(try later.decision(on: wanted, settled: 60, awaited: 70) == .wait(70))
    #expect(
      try later.decision(on: wanted, settled: 70, awaited: 70)
        == .resolved(Moment(position: 50, time: Self.time(500))))
  }

  @Test("a moment that was resolved stays what it was")
  func known() throws {
    let moment = Moment(position: 50, time: Self.time(3))
    let wanted = WantedMoment(.known(moment))
    #expect(try answer(50, at: 7).decision(on: wanted, settled: 0) == .resolved(moment))
    #expect(throws: RPCError.self) { try answer(50, pruned: 51).decision(on: wanted, settled: 100) }
  }

  @Test(
    "what cannot be is out of range, with its reason",
    arguments: [
      (WantedMoment(.position(101)), 101, 0, "POSITION_IN_FUTURE"),
      (WantedMoment(.time(time(1_001))), 50, 0, "POSITION_IN_FUTURE"),
      (WantedMoment(.position(4)), 4, 5, "POSITION_PRUNED"),
      (WantedMoment(.time(time(9))), 5, 5, "POSITION_PRUNED"),
      (WantedMoment(.position(50), journal: "x"), 50, 0, "POSITION_FOREIGN"),
      (WantedMoment(.time(time(9)), journal: UUID128.makeVersion7().description), 50, 0, "POSITION_FOREIGN"),
    ] as [(WantedMoment, Int64, Int64, String)])
  func outOfRange(_ wanted: WantedMoment, _ position: Int64, _ pruned: Int64, _ reason: String) {
    let error = #expect(throws: RPCError.self) {
      try answer(position, pruned: pruned).decision(on: wanted, settled: 100)
    }
    #expect(error?.code == .outOfRange)
    #expect(error?.reason?.text == reason)
  }

  @Test("where the history was pruned up to is still a moment")
  func horizon() throws {
    let position = try answer(5, at: 10, pruned: 5).decision(on: WantedMoment(.position(5)), settled: 100)
    #expect(position == .resolved(Moment(position: 5, time: Self.time(10))))
    let time = try answer(5, pruned: 5).decision(on: WantedMoment(.time(Self.time(10))), settled: 100)
    #expect(time == .resolved(Moment(position: 5, time: Self.time(10))))
  }
}
