import CairnAPI
import Postgres
import Requests

@testable import Journal
@testable import Sessions

extension Samples {
  static func sessions() throws -> [any CheckedStatement] {
    try lists() + logs() + insight() + recordings()
  }

  private static func lists() throws -> [any CheckedStatement] {
    var request = ListSessionsRequest()
    let all = try SessionList(validating: request, in: "default", key: key)
    var filter = SessionFilter()
    filter.agent = "agent"
    filter.states = [.working, .broken]
    filter.entity = "entity"
    filter.active = true
    filter.parent = "parent"
    filter.owner = "owner"
    filter.createdFrom = time
    filter.createdBefore = time
    request.filter = filter
    var last = Session()
    last.id = "id"
    request.pageToken = try SessionList(validating: request, in: "default", key: key).nextPageToken(
      after: last)
    let narrowed = try SessionList(validating: request, in: "default", key: key)
    return [all, narrowed].map { SessionQueries.list.sample(SessionQueries.page($0, in: .default)) }
      + [
        SessionQueries.one("id", in: .default), SessionQueries.one("id", at: 7, in: .default),
      ].map { SessionQueries.read.sample($0) }
  }

  private static func logs() throws -> [any CheckedStatement] {
    try ["", "sequence desc"].flatMap { order in
      var request = ListEventsRequest()
      (request.session, request.orderBy) = ("id", order)
      let all = try EventList(validating: request, in: "default", key: key)
      (request.fromSequence, request.toSequence) = (1, 9)
      request.types = [.custom]
      request.agents = ["agent"]
      let narrowed = try EventList(validating: request, in: "default", key: key)
      request.types = [.message]
      request.agents = []
      let messages = try EventList(validating: request, in: "default", key: key)
      return [all, narrowed, messages].map { LogQueries.list.sample(LogQueries.page($0, in: .default)) }
    }
  }

  private static func insight() throws -> [any CheckedStatement] {
    try foundEvents() + impacts()
  }

  private static func foundEvents() throws -> [any CheckedStatement] {
    var transitions = ListTransitionsRequest()
    (transitions.session, transitions.entity) = ("id", "entity")
    var changes = ListSessionChangesRequest()
    (changes.session, changes.entity) = ("id", "entity")
    var pages = [
      try InsightPage(transitions, in: "default", key: key),
      try InsightPage(changes, in: "default", key: key),
    ]
    for (session, entity) in [("id", "entity"), ("", "entity"), ("", "")] {
      for order in ["time", "time desc"] {
        var request = ListTimelineRequest()
        (request.session, request.entity, request.orderBy) = (session, entity, order)
        request.agent = "agent"
        request.types = [.custom]
        let first = try InsightPage(request, in: "default", key: key)
        request.pageToken = first.nextPageToken(after: Cursor(position: 7, ordinal: 0))
        pages += [first, try InsightPage(request, in: "default", key: key)]
      }
    }
    return pages.map { InsightQueries.events.sample(InsightQueries.page($0, in: .default)) }
      + pages.map { InsightQueries.timeline.sample(InsightQueries.summary(of: $0.selection, in: .default)) }
  }

  private static func impacts() throws -> [any CheckedStatement] {
    var impacts = ListSessionImpactsRequest()
    (impacts.session, impacts.agent) = ("id", "agent")
    impacts.pageToken = try ImpactList(validating: impacts, in: "default", key: key).nextPageToken(
      after: "entity")
    var filter = ImpactFilter()
    filter.agent = "agent"
    filter.states = [.working]
    filter.outcomes = [.broken]
    (filter.fromSequence, filter.toSequence) = (1, 9)
    (filter.startTime, filter.endTime) = (time, time)
    var sessions = ListSessionsByEntityRequest()
    (sessions.entity, sessions.filter) = ("entity", filter)
    sessions.pageToken = try EntitySessionList(validating: sessions, in: "default", key: key).nextPageToken(
      after: "id")
    var aggregates = GetSessionAggregatesRequest()
    (aggregates.entities, aggregates.filter) = (["entity"], filter)
    var analysis = GetImpactAnalysisRequest()
    analysis.entities = ["entity"]
    return [
      InsightQueries.impacts.sample(
        InsightQueries.impacts(try ImpactList(validating: impacts, in: "default", key: key), in: .default)),
      InsightQueries.impacts.sample(InsightQueries.share(of: "agent", in: "id", .default)),
      InsightQueries.entitySessions.sample(
        InsightQueries.page(
          try EntitySessionList(validating: sessions, in: "default", key: key), in: .default)),
      InsightQueries.aggregates.sample(
        InsightQueries.aggregates(try AggregateRequest(validating: aggregates), in: .default)),
      InsightQueries.aggregates.sample(
        InsightQueries.aggregates(try AggregateRequest(validating: analysis), in: .default)),
    ]
  }

  private static func recordings() throws -> [any CheckedStatement] {
    try [Recording.State.unspecified, .recording, .completed].map { state in
      var request = ListRecordingsRequest()
      var filter = RecordingFilter()
      if state != .unspecified { (filter.session, filter.state) = ("id", state) }
      request.filter = filter
      let first = try RecordingList(validating: request, in: "default", key: key)
      if state != .unspecified {
        request.pageToken = PageToken(time: 1, id: "id").text(for: first.seal)
      }
      let list = try RecordingList(validating: request, in: "default", key: key)
      return RecordingQueries.list.sample(RecordingQueries.page(list, in: .default))
    }
  }
}
