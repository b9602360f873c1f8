package enum ProtoFixed32: PackableCoding {
  @inlinable package static var wireType: WireType { .fixed32 }
  @inlinable package static var fixedSize: Int? { 4 }
  @inlinable package static var defaultValue: UInt32 { 0 }

  @inlinable package static func read(from reader: inout WireReader) throws(WireError) -> UInt32 {
    try reader.fixed32()
  }

  @inlinable package static func prepend(_ value: UInt32, to writer: inout WireWriter) {
    writer.prependFixed32(value)
  }
}

package enum ProtoFixed64: PackableCoding {
  @inlinable package static var wireType: WireType { .fixed64 }
  @inlinable package static var fixedSize: Int? { 8 }
  @inlinable package static var defaultValue: UInt64 { 0 }

  @inlinable package static func read(from reader: inout WireReader) throws(WireError) -> UInt64 {
    try reader.fixed64()
  }

  @inlinable package static func prepend(_ value: UInt64, to writer: inout WireWriter) {
    writer.prependFixed64(value)
  }
}

package enum ProtoSFixed32: PackableCoding {
  @inlinable package static var wireType: WireType { .fixed32 }
  @inlinable package static var fixedSize: Int? { 4 }
  @inlinable package static var defaultValue: Int32 { 0 }

  @inlinable package static func read(from reader: inout WireReader) throws(WireError) -> Int32 {
    Int32(bitPattern: try reader.fixed32())
  }

  @inlinable package static func prepend(_ value: Int32, to writer: inout WireWriter) {
    writer.prependFixed32(UInt32(bitPattern: value))
  }
}

package enum ProtoSFixed64: PackableCoding {
  @inlinable package static var wireType: WireType { .fixed64 }
  @inlinable package static var fixedSize: Int? { 8 }
  @inlinable package static var defaultValue: Int64 { 0 }

  @inlinable package static func read(from reader: inout WireReader) throws(WireError) -> Int64 {
    Int64(bitPattern: try reader.fixed64())
  }

  @inlinable package static func prepend(_ value: Int64, to writer: inout WireWriter) {
    writer.prependFixed64(UInt64(bitPattern: value))
  }
}

package enum ProtoFloat: PackableCoding {
  @inlinable package static var wireType: WireType { .fixed32 }
  @inlinable package static var fixedSize: Int? { 4 }
  @inlinable package static var defaultValue: Float { 0 }

  @inlinable package static func read(from reader: inout WireReader) throws(WireError) -> Float {
    Float(bitPattern: try reader.fixed32())
  }

  @inlinable package static func prepend(_ value: Float, to writer: inout WireWriter) {
    writer.prependFixed32(value.bitPattern)
  }

  /// Minus zero is not the default.
  @inlinable package static func isDefault(_ value: Float) -> Bool { value.bitPattern == 0 }
}

package enum ProtoDouble: PackableCoding {
  @inlinable package static var wireType: WireType { .fixed64 }
  @inlinable package static var fixedSize: Int? { 8 }
  @inlinable package static var defaultValue: Double { 0 }

  @inlinable package static func read(from reader: inout WireReader) throws(WireError) -> Double {
    Double(bitPattern: try reader.fixed64())
  }

  @inlinable package static func prepend(_ value: Double, to writer: inout WireWriter) {
    writer.prependFixed64(value.bitPattern)
  }

  /// Minus zero is not the default.
  @inlinable package static func isDefault(_ value: Double) -> Bool { value.bitPattern == 0 }
}
