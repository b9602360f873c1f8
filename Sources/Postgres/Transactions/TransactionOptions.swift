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
  /// Transactions of one group that write hold only so many connections at once.
  package var group: WriteGroup?

  package init(
    isolation: Isolation = .readCommitted, isReadOnly: Bool = false, isRepeatable: Bool = false,
    attempts: Int = 5, statementTimeout: Duration? = nil, lockTimeout: Duration? = nil,
    group: WriteGroup? = nil
  ) {
    self.isolation = isolation
    self.isReadOnly = isReadOnly
    self.isRepeatable = isRepeatable
    self.attempts = attempts
    self.statementTimeout = statementTimeout
    self.lockTimeout = lockTimeout
    self.group = group
  }

  /// Retried after serialization failures, deadlocks and lost connections.
  package static let repeatable = TransactionOptions(isRepeatable: true)
  /// The same for the writes of a group.
  package static func repeatable(_ group: WriteGroup) -> TransactionOptions {
    TransactionOptions(isRepeatable: true, group: group)
  }
  /// One snapshot for several reads.
  package static let snapshot = TransactionOptions(isolation: .repeatableRead, isReadOnly: true)
}
