/// Reads the protobuf wire format from memory that it borrows.
///
/// Every read checks its bounds against `end`; nothing is read past it, whatever the input says.
/// The types of the hot path are `public` though only Cairn uses them: the compiler (Swift 6.3) inlines and
/// specializes across modules only what belongs to public types, `@inlinable` or not, which doubles the
/// speed of the codec.
///
/// The memory must stay valid and unchanged while the reader is used, so a reader never leaves the
/// closure that lends it the bytes.
public struct WireReader {
  /// How deep messages and groups may nest; the limit of every official implementation.
  package static let nestingLimit = 100

  @usableFromInline var cursor: UnsafeRawPointer
  /// Where the tag that was read last begins, so that an unknown field can be kept as it came.
  @usableFromInline var fieldStart: UnsafeRawPointer
  @usableFromInline var end: UnsafeRawPointer
  @usableFromInline var depthLeft = WireReader.nestingLimit
  /// Memory that the elements of lists and maps, nested messages and unknown fields may still take, in bytes.
  ///
  /// An element of two bytes can take hundreds in memory: what is read is bounded by what it becomes. The content of
  /// strings and bytes is not charged, for it takes no more than on the wire; in lists and maps, their allocation is.
  @usableFromInline package var allowance: Int

  /// A reader of all of `bytes`.
  ///
  /// - Parameter allowance: The most memory, in bytes, that what is read may take beside its strings and bytes.
  @inlinable package init(_ bytes: UnsafeRawBufferPointer, allowance: Int = .max) {
    self.allowance = allowance
    // An empty buffer may have no address; any address will do for a range of no bytes.
    cursor = bytes.baseAddress ?? UnsafeRawPointer(bitPattern: 1).unsafelyUnwrapped
    fieldStart = cursor
    end = cursor + bytes.count
  }

  /// How many bytes are left in the message being read.
  @inlinable @inline(__always) package var remaining: Int { end - cursor }

  /// Takes `size` bytes of the allowance.
  @inlinable @inline(__always) mutating func charge(_ size: Int) throws(WireError) {
    allowance &-= size
    if allowance < 0 { throw .tooMuchMemory }
  }

  /// What an allocation takes beside its content, or a nested message at least.
  @usableFromInline static let allocationSize = 48

  /// The next field's tag (number and wire type), or 0 at the end of the message.
  @inlinable @inline(__always) package mutating func nextTag() throws(WireError) -> UInt32 {
    fieldStart = cursor
    guard cursor < end else { return 0 }
    let first = cursor.load(as: UInt8.self)
    // Field numbers below 16 take one byte. Their group tags and the reserved wire types are sorted
    // out where unknown fields are.
    if first < 0x80 && first >= 8 {
      cursor += 1
      return UInt32(first)
    }
    return try longTag()
  }

  @usableFromInline mutating func longTag() throws(WireError) -> UInt32 {
    let start = cursor
    let value = try varint()
    guard cursor - start <= 5, value >= 8, value <= UInt64(UInt32.max) else { throw .invalidTag }
    return UInt32(truncatingIfNeeded: value)
  }

  /// A base-128 number of up to 64 bits.
  @inlinable @inline(__always) package mutating func varint() throws(WireError) -> UInt64 {
    guard cursor < end else { throw .truncated }
    let first = cursor.load(as: UInt8.self)
    if first < 0x80 {
      cursor += 1
      return UInt64(first)
    }
    return try longVarint()
  }

  @usableFromInline mutating func longVarint() throws(WireError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while cursor < end {
      let byte = cursor.load(as: UInt8.self)
      cursor += 1
      // The tenth byte holds the 64th bit and nothing else.
      if shift == 63 && byte > 1 { throw .malformedVarint }
      value |= UInt64(byte & 0x7f) &<< shift
      if byte < 0x80 { return value }
      shift &+= 7
    }
    throw .truncated
  }

  /// Four bytes, little-endian.
  @inlinable package mutating func fixed32() throws(WireError) -> UInt32 {
    guard remaining >= 4 else { throw .truncated }
    defer { cursor += 4 }
    return UInt32(littleEndian: cursor.loadUnaligned(as: UInt32.self))
  }

  /// Eight bytes, little-endian.
  @inlinable package mutating func fixed64() throws(WireError) -> UInt64 {
    guard remaining >= 8 else { throw .truncated }
    defer { cursor += 8 }
    return UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self))
  }

  /// A length, and the bytes it covers; they stay owned by whoever lent them to the reader.
  @inlinable @inline(__always)
  package mutating func lengthDelimited() throws(WireError) -> UnsafeRawBufferPointer {
    let length = try varint()
    guard length <= UInt64(truncatingIfNeeded: remaining) else { throw .truncated }
    let start = cursor
    cursor += Int(truncatingIfNeeded: length)
    return UnsafeRawBufferPointer(start: start, count: Int(truncatingIfNeeded: length))
  }

  /// A length-delimited string, checked to be UTF-8. NUL is legal in it.
  @usableFromInline mutating func string() throws(WireError) -> String {
    let bytes = try lengthDelimited()
    // Of all public ways to a checked String this one is the fastest for every length; the
    // `String(validating:as:)` that reads better takes two to four times as long.
    let span = bytes.assumingMemoryBound(to: UInt8.self).span
    do {
      return String(copying: try UTF8Span(validating: span))
    } catch {
      throw .invalidUTF8
    }
  }
}
