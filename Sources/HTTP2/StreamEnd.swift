/// Why a stream ended.
public enum StreamEnd: Equatable, Sendable {
  /// Both sides have ended it, or it was reset with this HTTP/2 error code (0 is none).
  case closed(errorCode: UInt32)
  /// The peer's GOAWAY says that it has not looked at the stream.
  case refused
  /// Clients: the request never left.
  case unsent
  case connectionLost
  /// The connection was lost, and TLS says why.
  case connectionBroken(String)
}
