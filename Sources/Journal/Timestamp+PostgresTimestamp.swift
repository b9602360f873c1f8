import Postgres
import Wire

extension WellKnown.Timestamp {
  package init(_ time: PostgresTimestamp) { self.init(seconds: time.seconds, nanos: time.nanoseconds) }

  /// - Parameter microseconds: Since 1970.
  package init(microseconds: Int64) { self.init(PostgresTimestamp(microseconds: microseconds)) }

  /// Since 1970; nanoseconds below a whole microsecond are cut off.
  package var microseconds: Int64 { PostgresTimestamp(self).microseconds }
}

extension PostgresTimestamp {
  /// Nanoseconds below a whole microsecond are cut off.
  package init(_ time: WellKnown.Timestamp) { self.init(seconds: time.seconds, nanoseconds: time.nanos) }
}
