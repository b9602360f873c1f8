/// Looks a message's bytes through before libprotobuf-c gets them.
///
/// libprotobuf-c recurses without a bound, answers nil without a reason, and does not check UTF-8. This
/// pass bounds the depth and gives the reason. It allocates nothing.
struct WireCheck {
  /// Messages nested deeper are refused, as other protobuf implementations do.
  static let depthLimit = 100

  let descriptors: RuntimeDescriptors

  func check(_ bytes: UnsafeRawBufferPointer, as message: Int, depth: Int = 1) throws(UnpackError) {
    guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
    let layout = descriptors.layouts[message]
    var cursor = WireCursor(bytes: bytes, message: layout.name)
    while let tag = try cursor.tag() {
      let payload = try cursor.skip(tag)
      guard let field = layout.field(tag.number) else { continue }
      let packed = tag.wireType == 2 && field.isRepeated && field.kind.isPackable
      guard tag.wireType == field.kind.wireType || packed else {
        throw .malformed(message: layout.name, reason: "`\(field.name)` has wire type \(tag.wireType)")
      }
      if packed {
        try checkPacked(payload, of: field, in: layout)
      } else if field.kind == .string {
        guard String(validating: payload, as: UTF8.self) != nil else {
          throw .invalidUTF8(message: layout.name, field: field.name)
        }
      } else if let nested = field.message {
        try check(payload, as: nested, depth: depth + 1)
      }
    }
  }

  private func checkPacked(_ bytes: UnsafeRawBufferPointer, of field: FieldLayout, in layout: MessageLayout)
    throws(UnpackError)
  {
    var cursor = WireCursor(bytes: bytes, message: layout.name)
    while !cursor.isAtEnd {
      _ = try cursor.skip(WireTag(number: field.number, wireType: field.kind.wireType))
    }
  }
}

/// Number and wire type in front of a field's value.
struct WireTag {
  let number: Int32
  let wireType: UInt8
}

/// A bounds-checked walk over the fields of one message.
struct WireCursor {
  let bytes: UnsafeRawBufferPointer
  /// Name for errors.
  let message: String
  private var position = 0

  init(bytes: UnsafeRawBufferPointer, message: String) {
    self.bytes = bytes
    self.message = message
  }

  var isAtEnd: Bool { position == bytes.count }

  /// The next tag; nil at the end.
  mutating func tag() throws(UnpackError) -> WireTag? {
    if isAtEnd { return nil }
    let start = position
    let raw = try varint()
    guard position - start <= 5 else { throw malformed("a tag is longer than 5 bytes") }
    let number = raw >> 3
    guard number > 0, number <= 0x1FFF_FFFF else { throw malformed("field number \(number) is out of range") }
    return WireTag(number: Int32(number), wireType: UInt8(raw & 7))
  }

  /// Steps over a value and answers its bytes, without the length of a length-delimited one.
  mutating func skip(_ tag: WireTag) throws(UnpackError) -> UnsafeRawBufferPointer {
    switch tag.wireType {
    case 0:
      let start = position
      _ = try varint()
      return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
    case 1: return try take(8)
    case 2:
      let length = try varint()
      guard length <= UInt64(bytes.count - position) else { throw malformed("a length goes past the end") }
      return try take(Int(length))
    case 3, 4: throw .group(message: message, field: tag.number)
    case 5: return try take(4)
    default: throw malformed("wire type \(tag.wireType) does not exist")
    }
  }

  private mutating func take(_ count: Int) throws(UnpackError) -> UnsafeRawBufferPointer {
    guard count <= bytes.count - position else { throw malformed("it ends within a field") }
    defer { position += count }
    return UnsafeRawBufferPointer(rebasing: bytes[position..<position + count])
  }

  private mutating func varint() throws(UnpackError) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { throw malformed("it ends within a number") }
      let byte = bytes[position]
      position += 1
      guard shift < 63 || byte <= 1 else { throw malformed("a varint has more than 64 bits") }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw malformed("a varint has more than 64 bits")
  }

  private func malformed(_ reason: String) -> UnpackError { .malformed(message: message, reason: reason) }
}
