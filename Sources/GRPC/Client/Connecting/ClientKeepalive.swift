/// How a client finds out that its server is gone although the connection says nothing. Off unless given:
/// servers send clients away that ask more often than they like, by default every 5 minutes.
package struct ClientKeepalive: Sendable {
  /// Silence after which the server is asked by PING. It doubles when the server finds that too often.
  package var time: Duration
  /// Silence after that question which means that the connection is lost. Default 20 s.
  package var timeout: Duration
  /// Whether a connection without calls is asked too. Default no.
  package var withoutCalls: Bool

  package init(time: Duration, timeout: Duration = .seconds(20), withoutCalls: Bool = false) {
    self.time = time
    self.timeout = timeout
    self.withoutCalls = withoutCalls
  }
}
