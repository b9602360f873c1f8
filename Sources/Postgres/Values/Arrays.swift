/// A type that PostgreSQL has arrays of.
///
/// `UInt8` is one too, in its own way: `[UInt8]` is `bytea`.
package protocol PostgresArrayElement: PostgresValue {
  static var postgresArrayType: PostgresType { get }
  static func encodeArray(_ array: [Self], into buffer: ParameterBuffer) throws(PostgresError)
  static func decodeArray(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) -> [Self]
}

extension Array: PostgresValue where Element: PostgresArrayElement {
  package static var postgresType: PostgresType { Element.postgresArrayType }

  package func encode(into buffer: ParameterBuffer) throws(PostgresError) {
    try Element.encodeArray(self, into: buffer)
  }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    self = try Element.decodeArray(bytes)
  }
}

/// `[[UInt8]]` is `bytea[]`.
extension Array: PostgresArrayElement where Element == UInt8 {
  package static var postgresArrayType: PostgresType { .byteaArray }
}

/// `[T?]` is an array that may hold NULLs.
extension Optional: PostgresArrayElement where Wrapped: PostgresArrayElement {
  package static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }
}

/// Only `[UInt8]` exists in PostgreSQL, as `bytea`.
extension UInt8: PostgresArrayElement {
  package static var postgresType: PostgresType { .int2 }
  package static var postgresArrayType: PostgresType { .bytea }

  package func encode(into buffer: ParameterBuffer) { buffer.write(Int16(self)) }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    guard let value = UInt8(exactly: try Int16(decoding: bytes)) else { throw Self.malformed(bytes) }
    self = value
  }

  package static func encodeArray(_ array: [UInt8], into buffer: ParameterBuffer) {
    array.withUnsafeBytes { buffer.write($0) }
  }

  package static func decodeArray(_ bytes: UnsafeRawBufferPointer) -> [UInt8] { [UInt8](bytes) }
}

/// The binary form of a one-dimensional array: dimensions, whether there are NULLs, element type,
/// length, lower bound, then each element after its length (-1 is NULL).
extension PostgresArrayElement {
  package static func encodeArray(_ array: [Self], into buffer: ParameterBuffer) throws(PostgresError) {
    guard let count = Int32(exactly: array.count) else {
      throw PostgresError(.invalidParameter, "a list has more than 2^31 elements")
    }
    buffer.write(Int32(array.isEmpty ? 0 : 1))
    buffer.write(Int32(array.contains { $0.isNull } ? 1 : 0))
    buffer.write(postgresType.oid)
    guard !array.isEmpty else { return }
    buffer.write(count)
    buffer.write(1 as Int32)
    for element in array {
      if element.isNull {
        buffer.write(-1 as Int32)
      } else {
        try buffer.writeLengthPrefixed { () throws(PostgresError) in try element.encode(into: buffer) }
      }
    }
  }

  package static func decodeArray(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) -> [Self] {
    guard bytes.count >= 12 else { throw malformed(bytes) }
    let dimensions = bytes.loadBigEndian(Int32.self)
    if dimensions == 0 { return [] }
    guard dimensions == 1, bytes.count >= 20,
      decodes(PostgresType(oid: bytes.loadBigEndian(UInt32.self, at: 8)))
    else { throw malformed(bytes) }
    let count = Int(bytes.loadBigEndian(Int32.self, at: 12))
    // Each element has at least its length: a false count cannot make us reserve much.
    guard count >= 0, count <= (bytes.count - 20) / 4 else { throw malformed(bytes) }
    var elements: [Self] = []
    elements.reserveCapacity(count)
    var offset = 20
    for _ in 0..<count {
      guard offset + 4 <= bytes.count else { throw malformed(bytes) }
      let length = Int(bytes.loadBigEndian(Int32.self, at: offset))
      offset += 4
      if length < 0 {
        elements.append(try decodeNull())
        continue
      }
      guard length <= bytes.count - offset else { throw malformed(bytes) }
      elements.append(try Self(decoding: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + length])))
      offset += length
    }
    return elements
  }
}
