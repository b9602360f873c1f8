/// What a caller may ask for one call.
package struct CallOptions: Sendable {
  /// Sent with the request's head.
  package var metadata: Metadata
  /// The call ends with DEADLINE_EXCEEDED when it has not been answered by then. Default none.
  package var timeout: Duration?
  /// The largest response message taken, in bytes. Default 4 MiB.
  package var maxReceiveMessageSize: Int
  /// The largest request message sent, in bytes. Default 64 MiB.
  package var maxSendMessageSize: Int

  /// How request messages are packed. Default identity; answers are taken in any way known here.
  package var compression: Compression

  /// Whether the call waits, until its deadline, for a server that cannot be reached; else it fails with
  /// UNAVAILABLE as soon as that is known. Default no.
  package var waitsForReady: Bool
  /// When the call is tried again by its status; nil for what the channel says.
  package var retryPolicy: RetryPolicy?

  package init(
    metadata: Metadata = [:], timeout: Duration? = nil, maxReceiveMessageSize: Int = 4 << 20,
    maxSendMessageSize: Int = 64 << 20, compression: Compression = .identity, waitsForReady: Bool = false,
    retryPolicy: RetryPolicy? = nil
  ) {
    self.metadata = metadata
    self.timeout = timeout
    self.maxReceiveMessageSize = maxReceiveMessageSize
    self.maxSendMessageSize = maxSendMessageSize
    self.compression = compression
    self.waitsForReady = waitsForReady
    self.retryPolicy = retryPolicy
  }
}
