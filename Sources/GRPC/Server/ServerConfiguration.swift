import EventLoop
import HTTP2

/// Limits of a server; each is documented with its unit and default.
package struct ServerConfiguration: Sendable {
  /// The largest message taken, in bytes. Default 4 MiB, as in other gRPC servers.
  package var maxReceiveMessageSize = 4 << 20
  /// The largest message sent, in bytes. Default 64 MiB; stock clients refuse more than 4 MiB.
  package var maxSendMessageSize = 64 << 20
  /// The most metadata a request may carry, in bytes as RFC 9113 §6.5.2 counts. Default 16 KiB.
  package var maxMetadataSize = 16 << 10
  /// Calls a connection may have open at once. Default 1000.
  package var maxConcurrentStreams: UInt32 = 1000

  /// How long a client may take for the TLS handshake. Default 10 s.
  package var tlsHandshakeTimeout: Duration = .seconds(10)
  /// Told of each client whose TLS handshake failed, and why. Called on the connection's loop.
  package var onTLSFailure: (@Sendable (SocketAddress, TLSError) -> Void)?

  package init() {}

  var http2: HTTP2Configuration {
    var http2 = HTTP2Configuration()
    http2.maxConcurrentStreams = maxConcurrentStreams
    http2.maxHeaderListSize = UInt32(maxMetadataSize)
    return http2
  }
}
