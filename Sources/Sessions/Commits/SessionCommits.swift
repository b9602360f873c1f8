import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// Events for one log among writes of other kinds, validated.
package struct SessionAppend: Sendable {
  let append: LogAppend

  package init(validating request: AppendEventsRequest, _ violations: inout Violations) {
    if !request.project.isEmpty {
      violations.add("must be empty inside a batch, which has its own", at: "project")
    }
    append = LogAppend(validating: request, of: nil, &violations)
  }

  /// The session's id.
  package var session: String { append.session }
  package var eventCount: Int { append.events.count }
}

/// The part that logs have in writes of several kinds.
package struct SessionCommits: Sendable {
  let sessions: SessionStore

  /// Appends to several logs, each to another one.
  package func part(
    _ appends: Batch<SessionAppend>, in scope: CallScope
  ) -> WritePart<[AppendEventResponse]> {
    let order = LockingOrder(appends)
    let parts = order.appends.map { append in
      let append = append.by(scope.agent)
      return sessions.part(append.session, looking: .recentEffects, in: scope) { stored throws(RPCError) in
        try append.step(on: stored)
      }
    }
    return WritePart.all(parts).map { order.answers($0) }
  }

  /// What a named request was answered before.
  package func repeated(
    _ stored: StoredAnswer?, _ appends: Batch<SessionAppend>
  ) throws(RPCError) -> [AppendEventResponse] {
    guard let stored else { return [] }
    let order = LockingOrder(appends)
    var written: [SessionWritten] = []
    // Each part of a session gives an answer.
    for case let answer? in try stored.divided(into: order.appends.count) {
      written.append(try SessionWritten(answer))
    }
    return order.answers(written)
  }
}

/// Appends in the order in which their sessions are locked, and the way back.
private struct LockingOrder {
  let appends: [LogAppend]
  /// Where each of them is in the request.
  private let places: [Int]

  init(_ batch: Batch<SessionAppend>) {
    let appends = batch.valid.map(\.append)
    places = appends.indices.sorted { TextKey(appends[$0].session) < TextKey(appends[$1].session) }
    self.appends = places.map { appends[$0] }
  }

  /// In the order of the request.
  func answers(_ written: [SessionWritten]) -> [AppendEventResponse] {
    var answers = [AppendEventResponse](repeating: AppendEventResponse(), count: places.count)
    for (place, one) in zip(places, written) { answers[place] = AppendEventResponse(Appended(one)) }
    return answers
  }
}
