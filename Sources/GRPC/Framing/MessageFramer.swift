import Wire

/// Writes messages with their prefix. One per loop: the writer's storage is used again and again.
struct MessageFramer: ~Copyable {
  private var writer = WireWriter(capacity: 4096)

  /// Storage kept between messages; a larger one gives the rest back.
  private static let keptStorage = 256 << 10

  /// The prefix and the message, as one chunk.
  mutating func frame(_ message: some Message, limit: Int) throws(RPCError) -> [UInt8] {
    writer.reset(keepingAtMost: Self.keptStorage)
    message.encode(into: &writer)
    let size = writer.count
    guard size <= min(limit, Int(UInt32.max)) else {
      throw RPCError(
        .resourceExhausted, "the message to send has \(size) bytes; the limit is \(limit) bytes")
    }
    writer.prependBigEndian(UInt32(size))
    writer.prepend(0)
    return [UInt8](writer.bytes)
  }
}

extension WireWriter {
  fileprivate mutating func prependBigEndian(_ value: UInt32) { prependFixed32(value.byteSwapped) }
}
