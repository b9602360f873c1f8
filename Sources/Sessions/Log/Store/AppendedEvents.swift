import CairnAPI
import Journal
import Postgres
import Wire

/// What a write that has locked a session, and drawn its position, makes of the log.
struct AppendedEvents: Sendable {
  let scope: CallScope
  let session: String
  /// The place of the first event; where there are none, one after the last.
  let firstSequence: Int64
  let events: [SessionEvent]
  let isPublished: Bool
  let expiry: SessionStep.Expiry
  /// Microseconds for which it lives after an event; nil: for ever.
  let ttl: Int64?
  /// Microseconds for which it lives when its last agent has left.
  let grace: Int64

  static let parameters: [Parameter<AppendedEvents>] =
    Postgres.parameters(CallScope.parameters) { $0.scope } + [
      .init("session") { $0.session },
      .init("first_sequence") { $0.firstSequence },
      .init("is_published") { $0.isPublished },
      .init("expiry") { $0.expiry.name },
      .init("ttl") { $0.ttl },
      .init("grace") { $0.grace },
    ] + Postgres.parameters([SessionEvent].parameters) { $0.events }
}

extension SessionStep.Expiry {
  /// As `append_events.sql` calls it.
  fileprivate var name: String {
    switch self {
    case .kept: "kept"
    case .renewed: "renewed"
    case .grace: "grace"
    }
  }
}

extension [SessionEvent] {
  /// The rows of events, a column each.
  static var parameters: [Parameter<[SessionEvent]>] {
    columns + [
      .init("from_states") { $0.map { $0.transition?.fromState.column } },
      .init("to_states") { $0.map { $0.transition?.toState.column } },
    ]
  }

  /// Those of events that change nothing but the log.
  static var columns: [Parameter<[SessionEvent]>] {
    [
      .init("types") { $0.map { Int16(truncatingIfNeeded: $0.type.rawValue) } },
      .init("actors") { $0.map(\.agent) },
      .init("severities") { $0.map { Int16(truncatingIfNeeded: $0.impact?.severity.rawValue ?? 0) } },
      .init("performance_deltas") { $0.map { $0.impact?.performanceDelta } },
      .init("processing_times") { $0.map { $0.processingTime?.microseconds } },
      .init("tokens") { $0.map { $0.message?.tokenCount } },
      // Arrays of arrays must have equal lengths, lists in JSON need not.
      .init("entities") {
        $0.map { JSONB(JSONPrinter.print(.array(($0.change?.entities ?? []).map { .string($0) }))) }
      },
      .init("bodies") { $0.map { $0.serializedBytes() } },
    ]
  }
}

extension SessionState {
  fileprivate var column: Int16 { Int16(truncatingIfNeeded: rawValue) }
}
