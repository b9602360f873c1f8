/// What a connection tells its peer, and what it holds back.
package struct HTTP2Configuration: Sendable {
  /// Streams a peer may have open at once. Default 1000.
  package var maxConcurrentStreams: UInt32 = 1000
  /// Bytes of a stream that a peer may send before the handler has read them.
  package var streamWindow: Int32 = 256 << 10
  /// Bytes of a connection that may be on their way; given back on receipt, whoever reads slowly.
  package var connectionWindow: Int32 = 4 << 20
  /// Bytes of a header list, counted as RFC 9113 §6.5.2 does.
  package var maxHeaderListSize: UInt32 = 16 << 10
  /// Frames that make work and carry none (resets, PING, SETTINGS, PRIORITY, CONTINUATION, unknown and
  /// empty ones) that a client may send at once. Above that the connection ends with ENHANCE_YOUR_CALM. Resets of streams
  /// that were worked on do not count. Default 1000.
  package var floodBurst = 1000
  /// How many more of them it may send each second; each frame of an answer allows one more, too. Default 200.
  package var floodRate = 200
  /// Servers: time that a client has for its first SETTINGS; nil for any.
  package var handshakeTimeout: Duration?
  /// Frames that may wait for a peer that does not read, beside the bodies of its streams.
  package var maxQueuedFrames = 10_000

  // MARK: Memory

  /// Bytes of requests that one connection may have received and that its handlers have not let go of; what was
  /// inflated and decoded counts as that. Above half of it calls are sent on one at a time, above all of it they are
  /// refused. Default: any.
  package var maxReceivedBytes = Int.max
  /// Bytes of a connection that may wait to be taken by its peer. Above half of it new streams wait, above all of it
  /// streams wait and single answers are refused. Default: any.
  package var maxQueuedBytes = Int.max
  /// Bytes of both kinds of all connections of a loop.
  package var maxHeldBytes = Int.max

  // MARK: Upkeep

  /// Silence after which the peer is asked by PING whether it is still there; nil for never. Default never.
  package var keepaliveTime: Duration?
  /// Silence after that question which means that the peer is gone. Default 20 s.
  package var keepaliveTimeout: Duration = .seconds(20)
  /// Clients: whether a connection without calls is asked too.
  package var keepaliveWithoutStreams = false
  /// Servers: the least time between two PINGs of a client; one that asks more often is sent away with
  /// `too_many_pings` (gRFC A8). Default 5 minutes.
  package var minPingInterval: Duration = .seconds(300)
  /// Servers: whether clients may ask that often while they have no call open; else once in 2 hours. Default no.
  package var permitsPingsWithoutStreams = false
  /// Servers: time without a call after which a connection is asked to leave; nil for never. Default never.
  package var maxConnectionIdle: Duration?
  /// Servers: age at which a connection is asked to leave, ten percent more or less; nil for never. Default never.
  package var maxConnectionAge: Duration?
  /// Servers: time that calls under way get on a connection that is too old, before it is closed; nil for as long as they
  /// need. Default that.
  package var maxConnectionAgeGrace: Duration?

  package init() {}
}
