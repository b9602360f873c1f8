import Requests

/// Bounds of what one answer about logs looks at. The protos document the same figures.
extension Limits {
  /// Events that a page looks at.
  static let lookedEvents = 10_000
  /// Newest events that figures of a session are made of.
  static let figureEvents = 50_000
  /// Entities of these, each counted as often as an event is about it.
  static let figureMentions = 100_000
  /// Events that figures of entities, or of a timeline, are made of.
  static let entityEvents = 20_000
  /// Events about an entity that a page of sessions looks at.
  static let entitySessionEvents = 10_000
  /// Sessions about an entity whose checkpoints are looked at.
  static let anchoredSessions = 1_000
  /// Newest events that say who is most active.
  static let activityEvents = 10_000
  /// Entities of which figures are asked for at once.
  static let aggregateEntities = 100
  /// Entities of an agent's share.
  static let shareImpacts = 100
  /// Outcomes that a filter may name.
  static let filterOutcomes = 16
  /// Agents of a timeline's summary.
  static let summaryAgents = 100
  /// Bytes that an entity of a change counts for beside its event.
  static let entityVersionBytes = 300
  /// Bytes of the events of a briefing.
  static let briefingEventBytes = 1_500_000
  /// Bytes of a briefing or an analysis without what else it may hold: entities, figures, text.
  static let analysisBytes = 2_800_000
}
