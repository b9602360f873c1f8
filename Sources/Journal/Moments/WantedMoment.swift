import Postgres

/// A moment as a caller names it.
package struct WantedMoment: Sendable, Hashable {
  package enum Place: Sendable, Hashable {
    /// Right after the write at this position.
    case position(Int64)
    case time(PostgresTimestamp)
    /// One that was resolved before, as for the page before this one.
    case known(Moment)
  }

  package let place: Place
  /// The journal that a position comes from; nil when the caller does not say.
  package let journal: String?

  package init(_ place: Place, journal: String? = nil) {
    self.place = place
    self.journal = journal
  }

  /// The position that is asked for; nil when it is to be found by its time.
  var position: Int64? {
    switch place {
    case .position(let position): position
    case .known(let moment): moment.position
    case .time: nil
    }
  }

  var time: PostgresTimestamp? { if case .time(let time) = place { time } else { nil } }
}
