import CairnAPI
import Journal
import Postgres
import Requests

/// An append that may share its statement with others: of one small event that changes nothing but the log, under no
/// condition.
struct SharedAppend: Sendable {
  let scope: CallScope
  let session: String
  let event: SessionEvent
  let isPublished: Bool

  /// Nil for what is appended by itself.
  init?(_ append: LogAppend, in scope: CallScope) {
    guard append.events.count == 1, append.expected == nil, !append.keepsExpireTime,
      scope.lease == nil, scope.effect == .kept
    else { return nil }
    event = append.events[0]
    // All of a batch are written down at once.
    guard event.payload.count <= Limits.quickBytes, append.events.readBytes <= Limits.quickBytes else {
      return nil
    }
    self.scope = scope
    session = append.session
    isPublished = append.isPublished
  }
}

extension [SharedAppend] {
  /// - Precondition: There are some, all of one project.
  static let heads: [Parameter<[SharedAppend]>] = [
    .init("project") { $0[0].scope.project.text },
    .init("sessions") { $0.map(\.session) },
  ]

  static let parameters: [Parameter<[SharedAppend]>] =
    heads + Postgres.parameters([SessionEvent].columns) { $0.map(\.event) } + [
      .init("are_published") { $0.map(\.isPublished) },
      .init("by_principals") { $0.map(\.scope.principal) },
      .init("by_agents") { $0.map(\.scope.agent) },
      .init("by_sessions") { $0.map(\.scope.session) },
      .init("by_tasks") { $0.map(\.scope.task) },
      .init("by_operations") { $0.map(\.scope.operation) },
    ]
}
