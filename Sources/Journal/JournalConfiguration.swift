/// What a journal may be told. Every duration can be lowered, so that tests need seconds.
package struct JournalConfiguration: Sendable {
  /// How often the position is looked at when nobody says that something was written. Writes of this process
  /// and hints of other servers are looked at right away.
  package var pollInterval: Duration = .milliseconds(500)
  /// Whether to listen for the hints of other servers. Off behind PgBouncer in transaction mode, which cannot
  /// pass them on: their writes are then seen at the next poll.
  package var listensForHints = true
  /// Pause between two rounds of settling while there is always something new, and somebody here watches.
  package var settlePause: Duration = .milliseconds(1)
  /// The same while nobody watches here: for the sake of other servers, and of feeds that are opened next.
  package var unwatchedSettlePause: Duration = .milliseconds(20)
  /// A feed that is held back this long asks who holds it.
  package var lagThreshold: Duration = .seconds(1)

  /// How long a session of a server like this one may hold an open transaction and wait for its client, before it is
  /// ended by a server whose feeds it holds back.
  package var frozenLimit: Duration = .seconds(2)

  /// Rows kept in memory for live watchers, for each loop and kind of row.
  package var recentRows = 8192
  /// Rows that the tail reads at once.
  package var tailChunk = 512
  /// Rows of one page of a watcher that catches up.
  package var pageSize = 500
  /// A feed in which nothing happens says this often how far it is, if that changed.
  package var checkpointInterval: Duration = .seconds(5)

  /// How long an answer is kept for repetitions of its request.
  package var requestLifetime: Duration = .seconds(24 * 3600)
  /// How often old answers, operations, leases and holds are swept.
  package var sweepInterval: Duration = .seconds(600)
  /// How often history that projects no longer keep is pruned, by one server for all.
  package var pruneInterval: Duration = .seconds(60)
  /// How long after a horizon has moved its rows go: a read that took less than half of that has seen all of them.
  /// The same on all servers.
  package var pruneGrace: Duration = .seconds(5)
  /// How long a hold of something under way outlives its server.
  package var holdLifetime: Duration = .seconds(60)
  /// How long something under way may hold history at most: a client that does not read its export keeps nothing for ever.
  package var longestHold: Duration = .seconds(86_400)
  /// How long operations that have ended can be looked at.
  package var endedOperationLifetime: Duration = .seconds(7 * 86_400)
  /// How long leases stay after their time.
  package var deadLeaseLifetime: Duration = .seconds(7 * 86_400)
  /// How often it is seen to that there are partitions ahead.
  package var maintenanceInterval: Duration = .seconds(30)
  /// Positions in a partition of the history tables. At 20,000 writes a second one lasts 14 minutes.
  package var partitionSize: Int64 = 1 << 24
  /// Partitions reach at least this far ahead: several maintenance intervals at any rate.
  package var partitionsAhead: Int64 = 2 << 24

  /// Attempts at a write whose transaction lost against another one or whose connection broke.
  package var writeAttempts = 5
  /// Writes of one project and loop that may wait for rows which others are writing.
  package var queuedWrites = 256
  /// How long a write waits for its turn.
  package var queueTimeout: Duration = .seconds(5)
  /// Operations that have their turn at once on this server, each of which holds a connection during a step.
  package var operationLanes = 4
  /// How long a read as of a moment waits for it to be settled when its call has no deadline.
  package var momentTimeout: Duration = .seconds(30)

  package init() {}
}
