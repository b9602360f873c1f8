import EventLoop

/// Calls that were made, by how they ended.
package struct CallCounts: Sendable, Equatable {
  package var started = 0
  /// Ended with OK.
  package var succeeded = 0
  /// Ended with another status.
  package var failed = 0
  /// When the last one was started, on the monotonic clock.
  package var lastStart: Instant?
}
