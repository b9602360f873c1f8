import Journal
import Postgres

/// The statements about what happened, under the names of their files.
enum EventQueries {
  static let all: [any CheckedStatement] = [record, page, tail, keyedPage, keyedTail]

  /// Of a write that has drawn.
  static let record = Query<(scope: CallScope, events: RecordedEvents), NoColumns>(
    "record_events", PackageResources.record_events_sql, including: fragments, recording)

  static let page = Query<FeedPage, CoordinationEventRow.Columns>(
    "page_coordination", PackageResources.page_coordination_sql, including: fragments,
    FeedPage.parameters)
  static let tail = Query<FeedTail, CoordinationEventRow.Columns>(
    "tail_coordination", PackageResources.tail_coordination_sql, including: fragments,
    FeedTail.parameters)
  static let keyedPage = Query<FeedPage, CoordinationEventRow.Columns>(
    "page_subject", PackageResources.page_subject_sql, including: fragments, FeedPage.keyedParameters)
  static let keyedTail = Query<FeedTail, CoordinationEventRow.Columns>(
    "tail_subjects", PackageResources.tail_subjects_sql, including: fragments, FeedTail.keyedParameters)

  /// What a statement with `{recording}` takes.
  static let recording: [Parameter<(scope: CallScope, events: RecordedEvents)>] =
    parameters(CallScope.parameters) { $0.scope } + parameters(RecordedEvents.parameters) { $0.events }

  /// For statements of all rooms of this module.
  static let fragments = SQLFragments(PackageResources.event_fragments_sql, including: .journal)
}
