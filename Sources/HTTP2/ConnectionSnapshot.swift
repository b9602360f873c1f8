import CNghttp2
import EventLoop

/// A connection at one moment.
package struct ConnectionSnapshot: Sendable {
  package let number: Int64
  package let role: HTTP2Connection.Role
  package let local: SocketAddress
  package let peer: SocketAddress
  package let activity: ConnectionActivity
  package let openStreams: Int
  /// Bytes that may be sent to the peer, and that it may send, on all streams together.
  package let sendWindow: Int
  package let receiveWindow: Int
  /// By RFC 4346's name, as in `TLS_AES_256_GCM_SHA384`; nil in plaintext.
  package let cipherSuite: String?
  /// The peer's, as DER; empty when it showed none.
  package let peerCertificate: [UInt8]
}

extension HTTP2Connection {
  /// Call it on `loop`, while the connection is open.
  package var snapshot: ConnectionSnapshot {
    ConnectionSnapshot(
      number: number, role: role, local: Socket.localAddress(of: transport.descriptor), peer: peer,
      activity: activity,
      openStreams: streamCount,
      sendWindow: session.map { Int(nghttp2_session_get_remote_window_size($0)) } ?? 0,
      receiveWindow: session.map { Int(nghttp2_session_get_local_window_size($0)) } ?? 0,
      cipherSuite: transport.tls?.cipherSuite, peerCertificate: transport.tls?.peerCertificate ?? [])
  }
}
