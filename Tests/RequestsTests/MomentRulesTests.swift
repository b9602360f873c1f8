import CairnAPI
import GRPC
import Journal
import Postgres
import TestSupport
import Testing
import Wire

@testable import Requests

@Suite struct MomentRulesTests {
  private func asOf(_ moment: AsOf.Moment?, journal: String = "") -> AsOf {
    var asOf = AsOf()
    asOf.moment = moment
    asOf.journalId = journal
    return asOf
  }

  private func read(_ asOf: AsOf?) throws -> (moment: WantedMoment?, wrong: [String]) {
    var violations = Violations()
    let moment = violations.asOf(asOf, at: "as_of")
    return (moment, try wrongFields { () throws(RPCError) in try violations.check() })
  }

  @Test("no moment is the present")
  func absent() throws {
    let read = try read(nil)
    #expect(read.moment == nil && read.wrong.isEmpty)
  }

  @Test("a position is taken as it is, with the journal it comes from", arguments: ["", "j"])
  func position(_ journal: String) throws {
    let read = try read(asOf(.position(7), journal: journal))
    #expect(read.moment == WantedMoment(.position(7), journal: journal.isEmpty ? nil : journal))
    #expect(read.wrong.isEmpty)
  }

  @Test("of a time what is finer than a microsecond is cut off")
  func time() throws {
    let read = try read(asOf(.time(WellKnown.Timestamp(seconds: 5, nanos: 1_999))))
    #expect(read.moment == WantedMoment(.time(PostgresTimestamp(microseconds: 5_000_001)), journal: nil))
  }

  @Test(
    "what is no moment is named",
    arguments: [
      (nil, "", ["as_of"]), (.position(-1), "", ["as_of.position"]),
      (.time(WellKnown.Timestamp(seconds: 253_402_300_800)), "", ["as_of.time"]),
      (.position(-1), "a\nb", ["as_of.journal_id", "as_of.position"]),
    ] as [(AsOf.Moment?, String, [String])])
  func wrong(_ moment: AsOf.Moment?, _ journal: String, _ fields: [String]) throws {
    let read = try read(asOf(moment, journal: journal))
    #expect(read.moment == nil && read.wrong == fields)
  }
}
