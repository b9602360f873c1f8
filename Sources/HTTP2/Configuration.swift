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

  package init() {}
}
