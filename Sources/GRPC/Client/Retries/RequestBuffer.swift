import HTTP2

/// What a call has sent, kept until it is certain that it needs not be sent again.
struct RequestBuffer {
  /// Framed messages.
  private(set) var chunks: [OutboundChunk] = []
  private(set) var size = 0

  mutating func append(_ chunk: OutboundChunk) {
    chunks.append(chunk)
    size += chunk.count
  }

  mutating func removeAll() { self = RequestBuffer() }
}
