import EventLoop

/// What a ``NotificationListener`` tells.
package enum ListenerEvent: Sendable {
  /// Listening (again): what was sent before may have been missed, so look once.
  case listening
  case notification(channel: String, payload: String)
  /// The connection broke or could not be made; it is being made again.
  case lost(PostgresError)
}

/// Receives NOTIFY on one connection for the whole process, beside the pool's maximum, and connects
/// again when that is lost. Notifications are hints: polling is the floor.
package final class NotificationListener: Sendable {
  private let session: Confined<ListeningSession>

  /// Starts listening. Throws `configuration` when `url` is no connection string.
  /// - Parameter handler: Called on `loop` for each event; must not block.
  package init(
    url: String, channels: [String], loop: EventLoop, blocking: BlockingPool,
    handler: @escaping @Sendable (ListenerEvent) -> Void
  ) throws(PostgresError) {
    var target = try ConnectionString(url)
    target.addDefaults()
    session = Confined(ListeningSession(target, channels, loop, blocking, handler), to: loop)
    session.execute { $0.start() }
  }

  /// Stops; no event comes after the loop has run this.
  package func close() {
    session.execute { $0.close() }
  }
}
