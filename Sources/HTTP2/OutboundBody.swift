import Glibc

/// The bytes a stream has yet to send, as the chunks they were written in.
///
/// The first chunk is held apart from the queue: a unary answer has one and needs no queue.
struct OutboundBody {
  private var current = Self.nothing
  private var offset = 0
  private var waiting: [OutboundChunk] = []
  private var nextWaiting = 0

  private static let nothing = OutboundChunk([])

  /// Bytes that are not sent yet.
  private(set) var count = 0

  mutating func append(_ chunk: OutboundChunk) {
    guard chunk.count > 0 else { return }
    if count == 0 {
      current = chunk
      offset = 0
    } else {
      waiting.append(chunk)
    }
    count += chunk.count
  }

  /// Moves `length` bytes, which must be there, to `destination`.
  mutating func move(_ length: Int, to destination: UnsafeMutableRawPointer) {
    precondition(length <= count)
    var destination = destination
    var left = length
    while left > 0 {
      let part = min(left, current.count - offset)
      current.withUnsafeBytes { destination.copyMemory(from: $0.baseAddress! + offset, byteCount: part) }
      destination += part
      left -= part
      offset += part
      count -= part
      if offset == current.count { advance() }
    }
  }

  private mutating func advance() {
    offset = 0
    guard nextWaiting < waiting.count else {
      current = Self.nothing
      return
    }
    current = waiting[nextWaiting]
    waiting[nextWaiting] = Self.nothing
    nextWaiting += 1
    if nextWaiting == waiting.count {
      waiting.removeAll(keepingCapacity: waiting.capacity <= 64)
      nextWaiting = 0
    }
  }

  mutating func removeAll() { self = OutboundBody() }
}
