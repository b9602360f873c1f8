/// Cuts a stream's bytes into messages: a flag byte, four bytes of length, the message. Pure.
package struct MessageDeframer {
  enum Failure: Error, Equatable {
    case tooLarge(size: Int, limit: Int)
    /// A flag byte other than 0 and 1.
    case invalidFlag(UInt8)
  }

  package struct Frame: Equatable {
    package let isCompressed: Bool
    package var payload: [UInt8]
  }

  static let prefixSize = 5

  private let limit: Int
  private var partial: [UInt8] = []
  private var expected = -1

  /// - Parameter limit: The largest message taken, in bytes.
  init(limit: Int) { self.limit = limit }

  /// Whether the bytes so far end inside a message.
  var isMidMessage: Bool { !partial.isEmpty }

  /// Forgets what has come of a message.
  mutating func reset() {
    partial = []
    expected = -1
  }

  /// Hands each message that `bytes` completes to `deliver`.
  mutating func receive(_ bytes: UnsafeRawBufferPointer, _ deliver: (Frame) -> Void) throws(Failure) {
    var offset = 0
    while offset < bytes.count {
      if partial.isEmpty {
        if let frame = try whole(bytes, &offset) { deliver(frame) } else { return }
      } else if let frame = try continued(bytes, &offset) {
        deliver(frame)
      }
    }
  }

  /// A message that lies in `bytes` as a whole, copied once; else keeps the rest.
  private mutating func whole(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) throws(Failure) -> Frame?
  {
    let left = bytes.count - offset
    if left >= Self.prefixSize {
      let size = try size(bytes, at: offset)
      let end = offset + Self.prefixSize + size
      if end <= bytes.count {
        let frame = Frame(
          isCompressed: bytes[offset] == 1,
          payload: [UInt8](UnsafeRawBufferPointer(rebasing: bytes[(offset + Self.prefixSize)..<end])))
        offset = end
        return frame
      }
      expected = size
    }
    partial.append(contentsOf: bytes[offset...])
    offset = bytes.count
    return nil
  }

  private mutating func continued(
    _ bytes: UnsafeRawBufferPointer, _ offset: inout Int
  ) throws(Failure) -> Frame? {
    if expected < 0 {
      take(Self.prefixSize - partial.count, from: bytes, &offset)
      guard partial.count >= Self.prefixSize else { return nil }
      let prefix = partial
      expected = try prefix.withUnsafeBytes { buffer -> Result<Int, Failure> in
        do throws(Failure) { return .success(try size(buffer, at: 0)) } catch { return .failure(error) }
      }.get()
    }
    take(Self.prefixSize + expected - partial.count, from: bytes, &offset)
    guard partial.count == Self.prefixSize + expected else { return nil }
    let frame = Frame(isCompressed: partial[0] == 1, payload: Array(partial[Self.prefixSize...]))
    partial = []
    expected = -1
    return frame
  }

  private mutating func take(_ wanted: Int, from bytes: UnsafeRawBufferPointer, _ offset: inout Int) {
    let count = min(wanted, bytes.count - offset)
    partial.append(contentsOf: bytes[offset..<(offset + count)])
    offset += count
  }

  private func size(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Failure) -> Int {
    guard bytes[offset] <= 1 else { throw .invalidFlag(bytes[offset]) }
    let size = Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self)))
    guard size <= limit else { throw .tooLarge(size: size, limit: limit) }
    return size
  }
}
