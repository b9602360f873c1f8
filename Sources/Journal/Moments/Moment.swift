import CairnAPI
import Postgres

/// A moment of a project's past, resolved and settled: every write at or below the position is committed or
/// gone.
package struct Moment: Sendable, Hashable {
  /// The last position that counts.
  package let position: Int64
  /// The time it was then: of a position that of the project's last write at or below it.
  package let time: PostgresTimestamp

  package init(position: Int64, time: PostgresTimestamp) {
    self.position = position
    self.time = time
  }
}
