/// How a transaction runs. READ COMMITTED unless told otherwise.
package struct TransactionOptions: Sendable {
  package enum Isolation: Sendable { case readCommitted, repeatableRead, serializable }

  package var isolation: Isolation
  package var isReadOnly: Bool
  /// The body may be run again from the start: it changes nothing but the database. Then
  /// serialization failures, deadlocks and connections lost before COMMIT are retried.
  package var isRepeatable: Bool
  /// Attempts in all when `isRepeatable`.
  package var attempts: Int
  /// Instead of the pool's `readTimeout` or `writeTimeout`.
  package var statementTimeout: Duration?
  /// Instead of the pool's `lockTimeout`.
  package var lockTimeout: Duration?

  package init(
    isolation: Isolation = .readCommitted, isReadOnly: Bool = false, isRepeatable: Bool = false,
    attempts: Int = 5, statementTimeout: Duration? = nil, lockTimeout: Duration? = nil
  ) {
    self.isolation = isolation
    self.isReadOnly = isReadOnly
    self.isRepeatable = isRepeatable
    self.attempts = attempts
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
  }

  /// Retried after serialization failures, deadlocks and lost connections.
  package static let repeatable = TransactionOptions(isRepeatable: true)
  /// One snapshot for several reads.
  package static let snapshot = TransactionOptions(isolation: .repeatableRead, isReadOnly: true)
}
