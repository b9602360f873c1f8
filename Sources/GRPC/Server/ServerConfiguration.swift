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
  /// Calls a connection may have open at once. Default 1000.
  package var maxConcurrentStreams: UInt32 = 1000

  /// Connections open at once, of all clients together, with those whose TLS handshake is under way. Others are closed
  /// as they come. Default 20,000.
  package var maxConnections = 20_000
  /// Told of each client for which there was no room. Called on the loop that accepts.
  package var onConnectionRefused: (@Sendable (SocketAddress) -> Void)?
  /// How long a client may take for the TLS handshake, and then for the beginning of HTTP/2. Default 10 s.
  package var handshakeTimeout: Duration = .seconds(10)
  /// Frames that make work and carry none, such as resets and pings, that a client may send at once, and how many more
  /// each second; each frame of an answer allows one more, too. Resets of calls that were worked on do not count. A
  /// client that sends more is sent away with ENHANCE_YOUR_CALM. Default 1000, and 200.
  package var floodBurst = 1000
  package var floodRate = 200
  /// TLS handshakes under way at once, of all clients together. Above that the oldest are given up, so that
  /// clients who do not go on with theirs cannot keep others out. Default 1000.
  package var maxTLSHandshakes = 1000
  /// Told of each client whose TLS handshake failed, and why. Called on the connection's loop.
  package var onTLSFailure: (@Sendable (SocketAddress, TLSError) -> Void)?

  /// How answers are packed where the client takes it. Default identity; a handler may choose gzip for its
  /// call with ``CallContext/compressAnswers()``. Requests are taken in both.
  package var compression = Compression.identity

  // MARK: Memory

  /// Bytes of requests that one connection may have received and that its handlers have not let go of; what was
  /// inflated and decoded counts as that. Above half of it calls are sent on one at a time, above all of it they are
  /// refused with RESOURCE_EXHAUSTED. Default 64 MiB.
  package var maxConnectionReceiveBuffer = 64 << 20
  /// Bytes of answers that the client of one connection may leave unread. Above half of it new calls
  /// wait, above all of it streams wait and single answers are refused. Default 64 MiB.
  package var maxConnectionSendBuffer = 64 << 20
  /// Bytes of both kinds that all connections together may make the server hold; each loop has an equal
  /// share. Above it new calls are refused with UNAVAILABLE. Default 1 GiB.
  package var maxBufferedBytes = 1 << 30

  // MARK: Upkeep of connections

  /// Silence of a client after which it is asked by PING whether it is still there; nil for never.
  /// Default 2 hours.
  package var keepaliveTime: Duration? = .seconds(2 * 3600)
  /// Silence after that question which means that the client is gone. Default 20 s.
  package var keepaliveTimeout: Duration = .seconds(20)
  /// The least time between two PINGs of a client; who asks more often is sent away with
  /// `too_many_pings` (gRFC A8). Default 5 minutes.
  package var minPingInterval: Duration = .seconds(300)
  /// Whether clients may ask that often while they have no call open; else once in 2 hours. Default no.
  package var permitsPingsWithoutCalls = false
  /// Time without a call after which a connection is asked to leave; nil for never. Default never.
  package var maxConnectionIdle: Duration?
  /// Age at which a connection is asked to leave, give or take ten percent; nil for never. Default never.
  package var maxConnectionAge: Duration?
  /// Time that calls under way get on a connection that is too old, before it is closed; nil for as long
  /// as they need. Default that.
  package var maxConnectionAgeGrace: Duration?

  package init() {}

  /// The share of one loop.
  func tlsHandshakes(loops: Int) -> Int { max(1, maxTLSHandshakes / max(1, loops)) }

  /// - Parameter loops: How many share the memory.
  func http2(loops: Int) -> HTTP2Configuration {
    var http2 = HTTP2Configuration()
    http2.maxConcurrentStreams = maxConcurrentStreams
    http2.maxHeaderListSize = UInt32(maxMetadataSize)
    http2.maxReceivedBytes = maxConnectionReceiveBuffer
    http2.maxQueuedBytes = maxConnectionSendBuffer
    http2.maxHeldBytes = maxBufferedBytes / max(1, loops)
    http2.handshakeTimeout = handshakeTimeout
    http2.floodBurst = floodBurst
    http2.floodRefill = floodRate
    http2.keepaliveTime = keepaliveTime
    http2.keepaliveTimeout = keepaliveTimeout
    http2.minPingInterval = minPingInterval
    http2.permitsPingsWithoutStreams = permitsPingsWithoutCalls
    http2.maxConnectionIdle = maxConnectionIdle
    http2.maxConnectionAge = maxConnectionAge
    http2.maxConnectionAgeGrace = maxConnectionAgeGrace
    return http2
  }
}
