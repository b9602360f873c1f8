import EventLoop
import HTTP2

/// Limits of a server; each is documented with its unit and default.
@usableFromInline package struct ServerConfiguration: Sendable {
  /// The largest message taken, in bytes. Default 4 MiB, as in other gRPC servers.
  package var maxReceiveMessageSize = 4 << 20
  /// Memory that the elements of one message may take, in bytes, beside its strings and bytes: the elements of lists
  /// and maps, nested messages, unknown fields. An element of two bytes can take hundreds. Default 32 MiB, or eight times
  /// ``maxReceiveMessageSize`` where that is more.
  package var maxDecodedSize: Int { max(32 << 20, 8 * min(maxReceiveMessageSize, .max / 8)) }
  /// The largest message sent, in bytes. Default 64 MiB; stock clients refuse more than 4 MiB.
  @usableFromInline package var maxSendMessageSize = 64 << 20
  /// The most metadata a request may carry, in bytes as RFC 9113 §6.5.2 counts. Default 16 KiB.
  package var maxMetadataSize = 16 << 10

  /// Connections open at once, of all clients together, with those whose TLS handshake is under way. Others are closed
  /// as they come. Default 20,000.
  package var maxConnections = 20_000
  /// Told of each client for which there was no room. Called on the loop that accepts.
  package var onConnectionRefused: (@Sendable (SocketAddress) -> Void)?
  /// How long a client may take for the TLS handshake, and then for the beginning of HTTP/2. Default 10 s.
  package var handshakeTimeout: Duration = .seconds(10)
  /// TLS handshakes under way at once, of all clients together. Above that the oldest are given up, so that
  /// clients who do not go on with theirs cannot keep others out. Default 1000.
  package var maxTLSHandshakes = 1000
  /// Told of each client whose TLS handshake failed, and why. Called on the connection's loop.
  package var onTLSFailure: (@Sendable (SocketAddress, TLSError) -> Void)?

  /// How answers are packed where the client takes it. Default identity; a handler may choose gzip for its
  /// call with ``CallContext/compressAnswers()``. Requests are taken in both.
  package var compression = Compression.identity

  /// Bytes of requests and answers that all connections together may make the server hold; each loop has an equal
  /// share. Above it new calls are refused with UNAVAILABLE. Default 1 GiB.
  package var maxBufferedBytes = 1 << 30
  /// Limits and upkeep of each connection. A connection's `maxHeaderListSize`, `maxHeldBytes` and `handshakeTimeout`
  /// are those that the fields above say.
  package var http2 = HTTP2Configuration.server

  package init() {}

  /// The share of one loop.
  func tlsHandshakes(loops: Int) -> Int { max(1, maxTLSHandshakes / max(1, loops)) }

  /// What a connection is given.
  ///
  /// - Parameter loops: How many share the memory.
  func connection(loops: Int) -> HTTP2Configuration {
    var connection = http2
    connection.maxHeaderListSize = UInt32(clamping: maxMetadataSize)
    connection.maxHeldBytes = maxBufferedBytes / max(1, loops)
    connection.handshakeTimeout = handshakeTimeout
    return connection
  }
}

extension HTTP2Configuration {
  /// What connections of a server are given unless it is told otherwise: 64 MiB of requests, as much of answers, and a
  /// PING after two hours of silence.
  package static var server: HTTP2Configuration {
    var http2 = HTTP2Configuration()
    http2.maxReceivedBytes = 64 << 20
    http2.maxQueuedBytes = 64 << 20
    http2.keepaliveTime = .seconds(2 * 3600)
    return http2
  }
}
