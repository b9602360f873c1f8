extension PostgresError {
  /// What anybody may be told: that the database fails, and how, in words of ours with the SQLSTATE. No text of the
  /// database or of the system, which may name hosts, users, or what others have written.
  package var ownWords: String {
    let words =
      switch kind {
      case .server: "the database refused a statement"
      case .connectionFailed: "the database cannot be reached"
      case .connectionLost, .outcomeUnknown: "the connection to the database was lost"
      case .poolExhausted: "no database connection became free in time"
      case .poolClosed: "the connections to the database are closed"
      case .storageFull: "the database has no space left on its disk"
      case .cancelled, .skipped, .invalidParameter, .invalidResult, .configuration, .migration, .cluster:
        "a statement could not be carried out"
      }
    return sqlState.map { "\(words) (SQLSTATE \($0))" } ?? words
  }
}
