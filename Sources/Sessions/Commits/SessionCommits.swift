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
    let appends = appends.valid.map { $0.append.by(scope.agent) }
    let order = appends.indices.sorted { TextKey(appends[$0].session) < TextKey(appends[$1].session) }
    let parts = order.map { index in
      let append = appends[index]
      return sessions.part(append.session, looking: .recentEffects, in: scope) { stored throws(RPCError) in
        try append.step(on: stored)
      }
    }
    return WritePart.all(parts).map { written in
      var responses = [AppendEventResponse](repeating: AppendEventResponse(), count: order.count)
      for (index, one) in zip(order, written) { responses[index] = AppendEventResponse(one) }
      return responses
    }
  }

  /// What a named request was answered before.
  package func repeated(
    _ stored: StoredAnswer?, _ appends: Batch<SessionAppend>
  ) throws(RPCError) -> [AppendEventResponse] {
    guard let stored else { return [] }
    let appends = appends.valid
    let order = appends.indices.sorted { TextKey(appends[$0].session) < TextKey(appends[$1].session) }
    var responses = [AppendEventResponse](repeating: AppendEventResponse(), count: order.count)
    for (index, answer) in zip(order, try stored.divided(into: order.count)) {
      guard let answer else { continue }
      let session: Session = try answer.decoded()
      responses[index] = AppendEventResponse(
        SessionWritten(session: session.stamped(answer.stamp), stamp: answer.stamp))
    }
    return responses
  }
}

extension AppendEventResponse {
  fileprivate init(_ written: SessionWritten) {
    self.init()
    sequence = written.lastSequence
    position = written.stamp?.position ?? 0
    time = written.stamp.map { WellKnown.Timestamp($0.at) }
    state = written.session.state
    expireTime = written.session.expireTime
  }
}
