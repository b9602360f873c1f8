/// What uses a connection hears from it. One client at a time has it.
protocol ConnectionClient: AnyObject {
  /// A statement was skipped and must be run again, by itself.
  func mustRunAgain(_ statement: PendingStatement, on connection: Connection)
  /// A segment delivered at its sync has ended; its calls hold their outcomes.
  func segmentEnded(_ statements: [PendingStatement], failed: Bool, on connection: Connection)
  /// Something arrived and was handled; perhaps nothing is under way any more.
  func progressed(_ connection: Connection)
  /// Whether nobody waits any more for what runs.
  func isAbandoned(_ connection: Connection) -> Bool
  /// The connection broke; what was under way, and what that means.
  func lost(_ statements: [(member: PendingStatement, fate: Pipeline.Fate)], because error: PostgresError)
}
