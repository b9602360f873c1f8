/// What a call has sent, kept until it is certain that it needs not be sent again.
struct RequestBuffer {
  /// Framed messages.
  private(set) var chunks: [[UInt8]] = []
  private(set) var size = 0

  mutating func append(_ chunk: [UInt8]) {
    chunks.append(chunk)
    size += chunk.count
  }

  mutating func removeAll() { self = RequestBuffer() }
}
