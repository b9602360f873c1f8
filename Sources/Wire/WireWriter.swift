/// A growing buffer filled from its end towards its front.
///
/// Protobuf puts a message's length before the message. Written backwards the length is known when
/// its turn comes, so nothing is measured twice and nothing is moved. Fields are therefore written
/// last first, and within a field the value before its tag. ``reset()`` keeps the storage for the
/// next message.
public struct WireWriter: ~Copyable {
  @usableFromInline var storage: UnsafeMutableRawPointer
  @usableFromInline var capacity: Int
  /// Offset of the first byte in use; everything from here to `capacity` was written.
  @usableFromInline var front: Int

  /// An empty writer with room for `capacity` bytes before it has to grow.
  @inlinable package init(capacity: Int = 512) {
    self.capacity = max(capacity, 16)
    storage = .allocate(byteCount: self.capacity, alignment: 16)
    front = self.capacity
  }

  @inlinable deinit { storage.deallocate() }

  /// How many bytes were written.
  @inlinable @inline(__always) package var count: Int { capacity - front }

  /// What was written, in reading order. Valid until the next change of the writer.
  @inlinable package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: storage + front, count: count)
  }

  /// Forgets what was written and keeps the storage.
  @inlinable package mutating func reset() { front = capacity }

  /// Like ``reset()``, and gives storage above `limit` bytes back, so that one large message does not
  /// hold its memory for ever.
  @usableFromInline package mutating func reset(keepingAtMost limit: Int) {
    if capacity > limit {
      storage.deallocate()
      capacity = max(limit, 16)
      storage = .allocate(byteCount: capacity, alignment: 16)
    }
    front = capacity
  }

  /// Gives away what was written, with the memory that it stands in, which is then the caller's to deallocate. The
  /// writer starts afresh with room for `capacity` bytes.
  ///
  /// - Returns: The memory and the bytes of it that were written; nil, and the writer is as it was, when more than an
  ///   eighth of the memory is unused, for nobody would count that.
  @usableFromInline package mutating func giveAway(
    startingWith capacity: Int
  ) -> (memory: UnsafeMutableRawPointer, range: Range<Int>)? {
    guard front <= self.capacity / 8 else { return nil }
    let written = (storage, front..<self.capacity)
    self.capacity = max(capacity, 16)
    storage = .allocate(byteCount: self.capacity, alignment: 16)
    front = self.capacity
    return written
  }

  /// Forgets what was written since ``count`` was `mark`.
  @inlinable package mutating func drop(to mark: Int) { front = capacity - mark }

  /// Puts one byte in front of everything written so far.
  @inlinable @inline(__always) package mutating func prepend(_ byte: UInt8) {
    if front == 0 { grow(by: 1) }
    front &-= 1
    storage.storeBytes(of: byte, toByteOffset: front, as: UInt8.self)
  }

  /// Puts `bytes`, in their own order, in front of everything written so far.
  @inlinable @inline(__always) package mutating func prepend(contentsOf bytes: UnsafeRawBufferPointer) {
    let size = bytes.count
    if size > front { grow(by: size) }
    front &-= size
    if let source = bytes.baseAddress { (storage + front).copyMemory(from: source, byteCount: size) }
  }

  /// Four bytes, little-endian.
  @inlinable package mutating func prependFixed32(_ value: UInt32) {
    if front < 4 { grow(by: 4) }
    front &-= 4
    (storage + front).storeBytes(of: value.littleEndian, as: UInt32.self)
  }

  /// Eight bytes, little-endian.
  @inlinable package mutating func prependFixed64(_ value: UInt64) {
    if front < 8 { grow(by: 8) }
    front &-= 8
    (storage + front).storeBytes(of: value.littleEndian, as: UInt64.self)
  }

  /// A base-128 number.
  @inlinable @inline(__always) package mutating func prependVarint(_ value: UInt64) {
    if value < 0x80 {
      prepend(UInt8(truncatingIfNeeded: value))
    } else {
      prependLongVarint(value)
    }
  }

  @usableFromInline mutating func prependLongVarint(_ value: UInt64) {
    let size = (70 &- value.leadingZeroBitCount) / 7
    if front < size { grow(by: size) }
    front &-= size
    var rest = value
    var offset = front
    while rest >= 0x80 {
      storage.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, toByteOffset: offset, as: UInt8.self)
      rest &>>= 7
      offset &+= 1
    }
    storage.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: offset, as: UInt8.self)
  }

  @usableFromInline mutating func grow(by needed: Int) {
    // A large field comes at once, and its tag and its length after it: without room for these all of it would move.
    let total = count + needed
    let size = max(capacity * 2, total + total / 16 + 32)
    let larger = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
    let largerFront = size - count
    (larger + largerFront).copyMemory(from: storage + front, byteCount: count)
    storage.deallocate()
    storage = larger
    capacity = size
    front = largerFront
  }
}
