import EventLoop

/// How a channel finds, keeps and shares out its connections, and what it tries again.
package struct ChannelConfiguration: Sendable {
  /// Which of the target's addresses get the calls. Default pick first.
  package var loadBalancing = LoadBalancing.pickFirst
  /// The wait after an address, or the target's name, has failed.
  package var backoff = ConnectionBackoff()
  /// The least time between two look-ups of the target's name. Default 30 s.
  package var resolutionInterval: Duration = .seconds(30)
  /// Looks one `HOST:PORT` up; may block. Default the system's resolver.
  package var nameResolver: NameResolver = SocketAddress.resolve
  package typealias NameResolver = @Sendable (String) throws(SocketError) -> [SocketAddress]
  /// Whether servers are asked for a sign of life. Default no.
  package var keepalive: ClientKeepalive?

  /// The most metadata that the head or the trailers of an answer may have, in bytes as RFC 9113 §6.5.2 counts; a
  /// call with more fails with RESOURCE_EXHAUSTED. Servers are told. Default 16 KiB.
  package var maxMetadataSize = 16 << 10

  /// What is tried again by its status, of calls that do not say it themselves. Default nothing.
  package var retryPolicy: RetryPolicy?
  /// Holds retries back while many calls fail. Default none.
  package var retryThrottle: RetryThrottle?
  /// Bytes of requests kept of one call for another attempt; one that sends more is not tried again.
  /// Default 256 KiB.
  package var retryBufferSize = 256 << 10
  /// The same for all calls of the channel together. Default 16 MiB.
  package var retryBufferTotal = 16 << 20

  package init() {}
}
