import EventLoop

/// What a ``NotificationListener`` tells.
package enum ListenerEvent: Sendable, Equatable {
  /// Listening (again): what was sent before may have been missed, so look once.
  case listening
  case notification(channel: String, payload: String)
  /// The connection broke or could not be made; it is being made again.
  case lost(PostgresError)

  package static func == (left: Self, right: Self) -> Bool {
    switch (left, right) {
    case (.listening, .listening): true
    case (.notification(let a, let b), .notification(let c, let d)): a == c && b == d
    case (.lost(let a), .lost(let b)): a.kind == b.kind && a.message == b.message
    default: false
    }
  }
}

/// Receives NOTIFY on one connection for the whole process, beside the pool's maximum, and connects
/// again when that is lost. Notifications are hints: polling is the floor.
package final class NotificationListener: Sendable {
  /// Starts listening.
  /// - Parameter handler: Called on `loop` for each event; must not block.
  package init(
    url: String, channels: [String], loop: EventLoop, blocking: BlockingPool,
    handler: @escaping @Sendable (ListenerEvent) -> Void
  ) throws(PostgresError) {
    fatalError("not yet")
  }

  /// Stops; no event comes after the loop has run this.
  package func close() { fatalError("not yet") }
}
