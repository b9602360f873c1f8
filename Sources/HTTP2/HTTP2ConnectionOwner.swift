/// What the owner of a connection decides and hears.
package protocol HTTP2ConnectionOwner: AnyObject {
  /// A peer opens a stream (servers only).
  func makeStream(on connection: HTTP2Connection) -> HTTP2Stream
  /// A GOAWAY has come: no new streams on this connection.
  func goAwayReceived(on connection: HTTP2Connection)
  /// The peer's settings have come: it speaks HTTP/2.
  func settingsReceived(on connection: HTTP2Connection)
  /// The connection is gone; its streams have been told.
  func connectionClosed(_ connection: HTTP2Connection)
}

extension HTTP2ConnectionOwner {
  package func settingsReceived(on connection: HTTP2Connection) {}
}
