import HTTP2
import Wire

/// Writes messages with their prefix. One per loop: the writer's storage is used again and again.
@usableFromInline package struct MessageFramer: ~Copyable {
  @usableFromInline package var writer = WireWriter(capacity: 4096)

  /// Storage kept between messages; a larger one gives the rest back.
  @inlinable package static var keptStorage: Int { 256 << 10 }

  package init() {}

  /// The prefix and the message, as one chunk.
  @inlinable package mutating func frame(_ message: some Message, limit: Int) throws(RPCError)
    -> OutboundChunk
  {
    writer.reset(keepingAtMost: Self.keptStorage)
    message.encode(into: &writer)
    let size = writer.count
    guard size <= min(limit, Int(UInt32.max)) else {
      throw .messageToSendTooLarge(size: size, limit: limit)
    }
    // The length goes out most significant byte first.
    writer.prependFixed32(UInt32(size).byteSwapped)
    writer.prepend(0)
    if writer.count > Self.keptStorage, let written = writer.giveAway(startingWith: Self.keptStorage) {
      return OutboundChunk(adopting: written.memory, range: written.range)
    }
    return OutboundChunk([UInt8](writer.bytes))
  }
}
