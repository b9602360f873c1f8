public enum ProtoFixed32: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed32 }
  @inlinable public static var fixedSize: Int? { 4 }
  @inlinable public static var defaultValue: UInt32 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> UInt32 {
    try reader.fixed32()
  }

  @inlinable public static func prepend(_ value: UInt32, to writer: inout WireWriter) {
    writer.prependFixed32(value)
  }
}

public enum ProtoFixed64: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed64 }
  @inlinable public static var fixedSize: Int? { 8 }
  @inlinable public static var defaultValue: UInt64 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> UInt64 {
    try reader.fixed64()
  }

  @inlinable public static func prepend(_ value: UInt64, to writer: inout WireWriter) {
    writer.prependFixed64(value)
  }
}

public enum ProtoSFixed32: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed32 }
  @inlinable public static var fixedSize: Int? { 4 }
  @inlinable public static var defaultValue: Int32 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Int32 {
    Int32(bitPattern: try reader.fixed32())
  }

  @inlinable public static func prepend(_ value: Int32, to writer: inout WireWriter) {
    writer.prependFixed32(UInt32(bitPattern: value))
  }
}

public enum ProtoSFixed64: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed64 }
  @inlinable public static var fixedSize: Int? { 8 }
  @inlinable public static var defaultValue: Int64 { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Int64 {
    Int64(bitPattern: try reader.fixed64())
  }

  @inlinable public static func prepend(_ value: Int64, to writer: inout WireWriter) {
    writer.prependFixed64(UInt64(bitPattern: value))
  }
}

public enum ProtoFloat: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed32 }
  @inlinable public static var fixedSize: Int? { 4 }
  @inlinable public static var defaultValue: Float { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Float {
    Float(bitPattern: try reader.fixed32())
  }

  @inlinable public static func prepend(_ value: Float, to writer: inout WireWriter) {
    writer.prependFixed32(value.bitPattern)
  }

  /// Minus zero is not the default.
  @inlinable public static func isDefault(_ value: Float) -> Bool { value.bitPattern == 0 }
}

public enum ProtoDouble: PackableCoding {
  @inlinable public static var wireType: WireType { .fixed64 }
  @inlinable public static var fixedSize: Int? { 8 }
  @inlinable public static var defaultValue: Double { 0 }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> Double {
    Double(bitPattern: try reader.fixed64())
  }

  @inlinable public static func prepend(_ value: Double, to writer: inout WireWriter) {
    writer.prependFixed64(value.bitPattern)
  }

  /// Minus zero is not the default.
  @inlinable public static func isDefault(_ value: Double) -> Bool { value.bitPattern == 0 }
}
