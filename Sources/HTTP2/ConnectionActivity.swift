import CNghttp2
import EventLoop
import Synchronization

/// What has happened on a connection, for people who look into the process (channelz). A few additions a
/// call, by the loop that owns the connection.
package struct ConnectionActivity: Sendable {
  package internal(set) var streamsStarted = 0
  /// The answer went to its end, whatever its status.
  package internal(set) var streamsAnswered = 0
  package internal(set) var messagesSent = 0
  package internal(set) var messagesReceived = 0
  package internal(set) var keepalivesSent = 0
  package internal(set) var lastStream: Instant?
  package internal(set) var lastMessageSent: Instant?
  package internal(set) var lastMessageReceived: Instant?

  package mutating func sentMessage(at now: Instant) {
    messagesSent += 1
    lastMessageSent = now
  }

  package mutating func receivedMessage(at now: Instant) {
    messagesReceived += 1
    lastMessageReceived = now
  }

  mutating func startedStream(at now: Instant) {
    streamsStarted += 1
    lastStream = now
  }
}

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

/// Numbers that tell servers, channels and connections of this process apart; none is given twice.
package enum EntityNumber {
  private static let last = Atomic<Int64>(0)

  package static func next() -> Int64 { last.add(1, ordering: .relaxed).newValue }
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
