public enum ProtoInt32: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int32 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Int32 {
    Int32(truncatingIfNeeded: try reader.varint())
  }

  @inlinable public static func prepend(_ value: Int32, to writer: inout WireWriter) {
    // Negative numbers take ten bytes, so that readers of int64 see the same number.
    writer.prependVarint(UInt64(bitPattern: Int64(value)))
  }
}

public enum ProtoInt64: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int64 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Int64 {
    Int64(bitPattern: try reader.varint())
  }

  @inlinable public static func prepend(_ value: Int64, to writer: inout WireWriter) {
    writer.prependVarint(UInt64(bitPattern: value))
  }
}

public enum ProtoUInt32: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: UInt32 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> UInt32 {
    UInt32(truncatingIfNeeded: try reader.varint())
  }

  @inlinable public static func prepend(_ value: UInt32, to writer: inout WireWriter) {
    writer.prependVarint(UInt64(value))
  }
}

public enum ProtoUInt64: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: UInt64 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> UInt64 {
    try reader.varint()
  }

  @inlinable public static func prepend(_ value: UInt64, to writer: inout WireWriter) {
    writer.prependVarint(value)
  }
}

/// Zigzag: numbers near zero are short, whatever their sign.
public enum ProtoSInt32: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int32 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Int32 {
    let raw = UInt32(truncatingIfNeeded: try reader.varint())
    return Int32(bitPattern: raw >> 1) ^ -Int32(bitPattern: raw & 1)
  }

  @inlinable public static func prepend(_ value: Int32, to writer: inout WireWriter) {
    writer.prependVarint(UInt64(UInt32(bitPattern: value << 1 ^ value >> 31)))
  }
}

/// Zigzag: numbers near zero are short, whatever their sign.
public enum ProtoSInt64: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Int64 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Int64 {
    let raw = try reader.varint()
    return Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1)
  }

  @inlinable public static func prepend(_ value: Int64, to writer: inout WireWriter) {
    writer.prependVarint(UInt64(bitPattern: value << 1 ^ value >> 63))
  }
}

public enum ProtoBool: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: Bool { false }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Bool {
    try reader.varint() != 0
  }

  @inlinable public static func prepend(_ value: Bool, to writer: inout WireWriter) {
    writer.prepend(value ? 1 : 0)
  }
}

public enum ProtoEnum<E: OpenEnum>: PackableCoding {
  @inlinable public static var wireType: WireType { .varint }
  @inlinable public static var defaultValue: E { E(rawValue: 0) }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> E {
    E(rawValue: Int32(truncatingIfNeeded: try reader.varint()))
  }

  @inlinable public static func prepend(_ value: E, to writer: inout WireWriter) {
    ProtoInt32.prepend(value.rawValue, to: &writer)
  }

  @inlinable public static func isDefault(_ value: E) -> Bool { value.rawValue == 0 }
}
