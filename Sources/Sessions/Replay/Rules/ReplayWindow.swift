/// What is replayed: some events of a session, and where snapshots stand between them. Pure.
///
/// Where a snapshot stands follows from the places and times of events alone, so it is the same whoever asks, from
/// wherever on, and nothing needs to be stored for it.
struct ReplayWindow: Sendable, Equatable {
  let session: String
  /// The first event, one after the last when there is none.
  private(set) var from: Int64
  private(set) var to: Int64
  /// The event from which places are counted.
  let origin: Int64
  /// The time from which periods are counted, in microseconds since 1970.
  let start: Int64
  /// The position of the session's state before ``origin``; nil where it follows from the events.
  let position: Int64?
  /// Of a fork: the last event that it shares, behind which it may have begun with other values. Else 0.
  var shared: Int64 = 0
  /// At least 1.
  let snapshotEvents: Int64
  /// Microseconds, at least 1.
  let snapshotPeriod: Int64

  /// The place before the first event.
  var opening: Int64 { from - 1 }

  /// The position to read the session at before the first event, where it is known.
  var openingPosition: Int64? { from == origin ? position : nil }

  /// The same from another event on, at most one behind the last.
  func narrowed(from: Int64) -> ReplayWindow {
    var window = self
    window.from = min(max(from, self.from), to + 1)
    return window
  }

  /// The same up to another event.
  func narrowed(to: Int64) -> ReplayWindow {
    var window = self
    window.to = max(min(to, self.to), from - 1)
    return window
  }

  /// Whether a snapshot stands after an event because of its place.
  func isCounted(_ sequence: Int64) -> Bool { (sequence - origin + 1) % snapshotEvents == 0 }

  /// The last place up to `sequence` after which a snapshot stands because of it; nil when there is none.
  func lastCounted(upTo sequence: Int64) -> Int64? {
    let count = (sequence - origin + 1) / snapshotEvents * snapshotEvents
    return count > 0 ? origin + count - 1 : nil
  }

  /// The period that a time lies in, from 0.
  func period(of time: Int64) -> Int64 { max(0, time - start) / snapshotPeriod }

  /// When a period begins.
  func beginning(ofPeriod period: Int64) -> Int64 { start + period * snapshotPeriod }
}
