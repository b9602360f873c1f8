/// What a pool may do. Every duration can be lowered, so that tests need seconds.
package struct PoolConfiguration: Sendable {
  /// Connections kept open when there is nothing to do, in the whole process.
  package var minimumConnections = 2
  /// The most connections of the process, whatever the number of loops. The one connection of a
  /// ``NotificationListener`` is not among them. ``ConnectionShares`` says who may use how many.
  package var maximumConnections = 16
  /// How long a caller waits for a connection before it gets `poolExhausted`, or
  /// `connectionFailed` when the database cannot be reached.
  package var acquireTimeout: Duration = .seconds(2)
  /// Connections beyond the minimum are closed after being idle for this long.
  package var idleTimeout: Duration = .seconds(30)
  /// A connection this old is replaced when it is next free. A tenth of jitter is taken off.
  package var maximumLifetime: Duration = .seconds(3600)
  /// A connection used this many times is replaced. Zero: never.
  package var maximumUses = 0
  /// How long one attempt to connect may take.
  package var connectTimeout: Duration = .seconds(5)
  /// Idle connections are asked for a sign of life this often.
  package var healthCheckInterval: Duration = .seconds(30)
  /// First and longest pause between failed attempts to connect; it doubles, with jitter.
  package var firstBackoff: Duration = .milliseconds(50)
  package var longestBackoff: Duration = .seconds(5)

  /// Look-ups under way on one connection before further ones wait in the process.
  package var lookupDepth = 512
  /// Batches of one project that one loop has under way at the same time.
  package var writeBatchesPerGroup = 2
  /// Writes in one batch.
  package var writeBatchSize = 128
  /// Bytes of parameters in one batch; a single larger write is a batch of its own.
  package var writeBatchBytes = 1 << 20

  /// `statement_timeout` of reads; zero for none.
  package var readTimeout: Duration = .seconds(30)
  /// `statement_timeout` of writes; zero for none.
  package var writeTimeout: Duration = .seconds(30)
  /// `lock_timeout`; zero for none.
  package var lockTimeout: Duration = .seconds(1)
  /// A connection that has answered nothing for this much longer than the statement timeout is
  /// taken for dead.
  package var unresponsiveAfter: Duration = .seconds(15)

  /// Prepared statements kept per connection for composed SQL.
  package var composedStatements = 128
  /// Off for PgBouncer in transaction mode, which hands each transaction another server connection.
  package var prepareStatements = true

  /// Receives notices and warnings of the server.
  package var onNotice: (@Sendable (ServerMessage) -> Void)?
  /// Says whether the database's file system is full; asked after a connection failed, so that the
  /// error can say so. Must not block for long.
  package var isStorageFull: (@Sendable () -> Bool)?

  package init() {}
}
