import Glibc

extension Bool: PostgresArrayElement {
  package static var postgresType: PostgresType { .bool }
  package static var postgresArrayType: PostgresType { .boolArray }

  package func encode(into buffer: ParameterBuffer) { buffer.write(self ? 1 : 0 as UInt8) }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    guard bytes.count == 1 else { throw Self.malformed(bytes) }
    self = bytes[0] != 0
  }
}

extension Int16: PostgresArrayElement {
  package static var postgresType: PostgresType { .int2 }
  package static var postgresArrayType: PostgresType { .int2Array }

  package func encode(into buffer: ParameterBuffer) { buffer.write(self) }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    guard bytes.count == 2 else { throw Self.malformed(bytes) }
    self = bytes.loadBigEndian(Int16.self)
  }
}

/// Also reads `int2` columns.
extension Int32: PostgresArrayElement {
  package static var postgresType: PostgresType { .int4 }
  package static var postgresArrayType: PostgresType { .int4Array }

  package static func decodes(_ type: PostgresType) -> Bool { type == .int4 || type == .int2 }

  package func encode(into buffer: ParameterBuffer) { buffer.write(self) }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    switch bytes.count {
    case 4: self = bytes.loadBigEndian(Int32.self)
    case 2: self = Int32(bytes.loadBigEndian(Int16.self))
    default: throw Self.malformed(bytes)
    }
  }
}

/// Also reads `int4`, `int2`, `oid` and `xid8` columns.
extension Int64: PostgresArrayElement {
  package static var postgresType: PostgresType { .int8 }
  package static var postgresArrayType: PostgresType { .int8Array }

  package static func decodes(_ type: PostgresType) -> Bool {
    type == .int8 || type == .int4 || type == .int2 || type == .oid || type == .xid8
  }

  package func encode(into buffer: ParameterBuffer) { buffer.write(self) }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    switch bytes.count {
    case 8: self = bytes.loadBigEndian(Int64.self)
    case 4: self = Int64(bytes.loadBigEndian(Int32.self))
    case 2: self = Int64(bytes.loadBigEndian(Int16.self))
    default: throw Self.malformed(bytes)
    }
  }
}

/// `Int` is `int8`, for counts and limits.
extension Int: PostgresArrayElement {
  package static var postgresType: PostgresType { .int8 }
  package static var postgresArrayType: PostgresType { .int8Array }

  package static func decodes(_ type: PostgresType) -> Bool { Int64.decodes(type) }

  package func encode(into buffer: ParameterBuffer) { buffer.write(Int64(self)) }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    self = Int(try Int64(decoding: bytes))
  }
}

/// Also reads `float4` columns.
extension Double: PostgresArrayElement {
  package static var postgresType: PostgresType { .float8 }
  package static var postgresArrayType: PostgresType { .float8Array }

  package static func decodes(_ type: PostgresType) -> Bool { type == .float8 || type == .float4 }

  package func encode(into buffer: ParameterBuffer) { buffer.write(bitPattern) }

  package init(decoding bytes: UnsafeRawBufferPointer) throws(PostgresError) {
    switch bytes.count {
    case 8: self = Double(bitPattern: bytes.loadBigEndian(UInt64.self))
    case 4: self = Double(Float(bitPattern: bytes.loadBigEndian(UInt32.self)))
    default: throw Self.malformed(bytes)
    }
  }
}

/// Reads every type whose binary form is its text: `text`, `varchar`, `name`, enums, `json`.
extension String: PostgresArrayElement {
  package static var postgresType: PostgresType { .text }
  package static var postgresArrayType: PostgresType { .textArray }

  /// Enum types have no fixed number, so only the types that are surely not text are refused.
  package static func decodes(_ type: PostgresType) -> Bool {
    switch type {
    case .text: true
    case .bool, .bytea, .int8, .int2, .int4, .oid, .float4, .float8, .timestamptz, .uuid, .jsonb, .xid8,
      .boolArray, .byteaArray, .int2Array, .int4Array, .textArray, .int8Array, .float8Array,
      .timestamptzArray, .uuidArray, .jsonbArray:
      false
    default: true
    }
  }

  /// Throws `invalidParameter` for text with a NUL, which PostgreSQL cannot store.
  package func encode(into buffer: ParameterBuffer) throws(PostgresError) {
    var copy = self
    let hasNUL = copy.withUTF8 { utf8 in
      if let start = utf8.baseAddress, memchr(start, 0, utf8.count) != nil { return true }
      buffer.write(UnsafeRawBufferPointer(utf8))
      return false
    }
    if hasNUL {
      throw PostgresError(
        .invalidParameter, "text contains a NUL character (U+0000), which PostgreSQL cannot store")
    }
  }

  package init(decoding bytes: UnsafeRawBufferPointer) {
    self.init(decoding: bytes, as: UTF8.self)
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func loadBigEndian<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type, at offset: Int = 0) -> T {
    T(bigEndian: loadUnaligned(fromByteOffset: offset, as: T.self))
  }
}
