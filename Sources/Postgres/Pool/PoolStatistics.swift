/// Figures of a pool since it was opened; of the whole process or of one loop.
package struct PoolStatistics: Sendable, Equatable {
  /// Open connections.
  package var total = 0
  /// Lent out.
  package var active = 0
  package var idle = 0
  /// Connections being made.
  package var connecting = 0
  /// Callers waiting for a connection.
  package var pending = 0
  /// Attempts to connect that failed, and connections that broke.
  package var failed = 0
  package var created = 0
  package var destroyed = 0
  /// Times a connection was lent out.
  package var acquired = 0
  /// Callers that waited in vain.
  package var timedOut = 0
  /// Time spent waiting for connections, by those that had to wait and got one.
  package var waited = Duration.zero
  /// Syncs sent: round trips to the database.
  package var roundTrips = 0
  /// Uses of each open connection.
  package var uses: [Int] = []

  package init() {}

  static func += (sum: inout PoolStatistics, other: PoolStatistics) {
    sum.total += other.total
    sum.active += other.active
    sum.idle += other.idle
    sum.connecting += other.connecting
    sum.pending += other.pending
    sum.failed += other.failed
    sum.created += other.created
    sum.destroyed += other.destroyed
    sum.acquired += other.acquired
    sum.timedOut += other.timedOut
    sum.waited += other.waited
    sum.roundTrips += other.roundTrips
    sum.uses += other.uses
  }
}
