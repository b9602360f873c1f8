import CairnAPI
import GRPC
import Journal
import Requests
import TestSupport
import Testing
import Wire

@testable import Sessions

/// What may be asked about logs.
@Suite struct InsightRequestTests {
  private static let key = TokenKey([UInt8](repeating: 1, count: 32))

  @Test(
    "a timeline is of what it names first",
    arguments: [
      ("s", "e", "a", .session("s"), "e"), ("", "e", "a", .entity("e"), ""), ("", "", "a", .project, ""),
      ("s", "", "", .session("s"), ""),
    ] as [(String, String, String, EventSelection.Source, String)])
  func sources(
    session: String, entity: String, agent: String, source: EventSelection.Source, about: String
  ) throws {
    var request = ListTimelineRequest()
    (request.session, request.entity, request.agent) = (session, entity, agent)
    let selection = try InsightPage(request, in: "p", key: Self.key).selection
    #expect(selection.source == source && selection.entity == about && selection.agent == agent)
  }

  @Test("a token goes on where the page ended, also behind the last ordinal there is")
  func tokens() throws {
    var request = ListTransitionsRequest()
    request.session = "s"
    let first = try InsightPage(request, in: "p", key: Self.key)
    #expect(first.after == nil)
    for cursor in [Cursor(position: 0, ordinal: 0), Cursor(position: .max, ordinal: .max)] {
      request.pageToken = first.nextPageToken(after: cursor)
      #expect(try InsightPage(request, in: "p", key: Self.key).after == cursor)
      #expect(throws: RPCError.self) { try InsightPage(request, in: "q", key: Self.key) }
    }
  }

  @Test(
    "a time back from now on is in whole microseconds, rounded up",
    arguments: [
      (nil, 604_800_000_000), (.init(seconds: 0, nanos: 1), 1), (.init(seconds: 1, nanos: 1_000), 1_000_001),
      (.init(seconds: 315_360_000, nanos: 0), 315_360_000_000_000),
    ] as [(WellKnown.Duration?, Int64)])
  func timeframes(duration: WellKnown.Duration?, microseconds: Int64) throws {
    var request = GetImpactAnalysisRequest()
    request.entities = ["e"]
    request.timeframe = duration
    #expect(try AggregateRequest(validating: request).conditions.timeframe == microseconds)
  }

  @Test("the events that are looked at are divided among the entities")
  func division() throws {
    for (count, looked) in [(1, 20_000), (3, 6_666), (100, 200)] {
      var request = GetSessionAggregatesRequest()
      request.entities = (0..<count).map { "e\($0)" }
      #expect(try AggregateRequest(validating: request).looked == looked)
    }
  }
}
