/// Cuts a stream's bytes into messages: a flag byte, four bytes of length, the message. Pure.
package struct MessageDeframer {
  package enum Failure: Error, Equatable {
    case tooLarge(size: Int, limit: Int)
    /// A flag byte other than 0 and 1.
    case invalidFlag(UInt8)
  }

  package struct Frame: Equatable {
    package let isCompressed: Bool
    package var payload: [UInt8]
  }

  static let prefixSize = 5
  /// Bytes of a message after which room is made for all of it, so that it is not moved again and again;
  /// before, its length is only a claim.
  private static let trustedSize = 128 << 10

  private let limit: Int
  private var partial: [UInt8] = []
  // What is known of the prefix of the message under way.
  private var prefixCount: UInt8 = 0
  private var flag: UInt8 = 0
  private var size: UInt32 = 0

  /// - Parameter limit: The largest message taken, in bytes.
  package init(limit: Int) { self.limit = limit }

  /// Whether the bytes so far end inside a message.
  package var isMidMessage: Bool { prefixCount > 0 }

  /// Forgets what has come of a message.
  mutating func reset() {
    partial = []
    prefixCount = 0
  }

  /// Hands each message that `bytes` completes to `deliver`.
  package mutating func receive(_ bytes: UnsafeRawBufferPointer, deliver: (Frame) -> Void) throws(Failure) {
    var offset = 0
    while offset < bytes.count {
      if prefixCount < Self.prefixSize { takePrefix(from: bytes, at: &offset) }
      guard prefixCount == Self.prefixSize else { return }
      if partial.isEmpty { try checkPrefix() }
      if let frame = takePayload(from: bytes, at: &offset) { deliver(frame) }
    }
  }

  private mutating func takePrefix(from bytes: UnsafeRawBufferPointer, at offset: inout Int) {
    if prefixCount == 0, bytes.count - offset >= Self.prefixSize {
      flag = bytes[offset]
      size = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self))
      prefixCount = UInt8(Self.prefixSize)
      offset += Self.prefixSize
      return
    }
    while prefixCount < Self.prefixSize, offset < bytes.count {
      if prefixCount == 0 { flag = bytes[offset] } else { size = size << 8 | UInt32(bytes[offset]) }
      prefixCount += 1
      offset += 1
    }
  }

  private func checkPrefix() throws(Failure) {
    guard flag <= 1 else { throw .invalidFlag(flag) }
    guard size <= limit else { throw .tooLarge(size: Int(size), limit: limit) }
  }

  /// The message, when `bytes` hold the rest of it; one that they hold as a whole is copied once.
  private mutating func takePayload(from bytes: UnsafeRawBufferPointer, at offset: inout Int) -> Frame? {
    let end = min(bytes.count, offset + Int(size) - partial.count)
    let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
    offset = end
    guard partial.count + part.count == size else {
      makeRoom(for: partial.count + part.count)
      partial.append(contentsOf: part)
      return nil
    }
    let frame: Frame
    if partial.isEmpty {
      frame = Frame(isCompressed: flag == 1, payload: [UInt8](part))
    } else {
      partial.append(contentsOf: part)
      frame = Frame(isCompressed: flag == 1, payload: partial)
    }
    reset()
    return frame
  }

  private mutating func makeRoom(for count: Int) {
    guard count > partial.capacity else { return }
    partial.reserveCapacity(count >= Self.trustedSize ? Int(size) : min(Int(size), 4 * count))
  }
}
