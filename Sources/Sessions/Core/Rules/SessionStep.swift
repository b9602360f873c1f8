import CairnAPI

/// What one write makes of a session. Pure.
struct SessionStep {
  /// When the session expires afterwards.
  enum Expiry {
    /// When it would have.
    case kept
    /// Its `ttl` from now on.
    case renewed
    /// The grace time from now on, or when it would have, whichever is earlier.
    case grace
  }

  /// The session as it will be, but for what the write gives it: version, position, times.
  var session: Session
  /// The journal's word for the change; nil: only the log grows, which makes no version.
  var action: String?
  /// What is appended to its log, in this order.
  var events: [SessionEvent] = []
  var expiry: Expiry
  /// Whether those who watch the log are sent the events.
  var isPublished = true
  /// Made with the write, but for what that gives it.
  var checkpoint: SessionCheckpoint?
}
