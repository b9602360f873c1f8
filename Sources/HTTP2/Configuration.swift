/// What a connection tells its peer, and what it holds back.
package struct HTTP2Configuration: Sendable {
  /// Streams a peer may have open at once.
  package var maxConcurrentStreams: UInt32 = 1000
  /// Bytes of a stream that a peer may send before the handler has read them.
  package var streamWindow: Int32 = 256 << 10
  /// Bytes of a connection that may be on their way; given back on receipt, whoever reads slowly.
  package var connectionWindow: Int32 = 4 << 20
  /// Bytes of a header list, counted as RFC 9113 §6.5.2 does.
  package var maxHeaderListSize: UInt32 = 16 << 10
  /// Frames that make work and carry none (resets, PING, SETTINGS, PRIORITY, CONTINUATION, unknown and
  /// empty ones) that a client may send at once. Above that the connection ends with ENHANCE_YOUR_CALM.
  package var floodBurst = 1000
  /// How many more of them it may send each second; each frame of an answer allows one more, too.
  package var floodRefill = 200
  /// Frames that may wait for a peer that does not read, beside the bodies of its streams.
  package var maxQueuedFrames = 10_000

  package init() {}
}
