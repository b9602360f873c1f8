public enum ProtoString: ScalarCoding {
  @inlinable public static var wireType: WireType { .bytes }
  @inlinable public static var defaultValue: String { "" }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> String {
    try reader.string()
  }

  /// Up to 15 bytes are kept in the value itself.
  @inlinable @inline(__always) public static func heapSize(_ value: String) -> Int {
    value.utf8.count > 15 ? WireReader.allocationSize : 0
  }

  @inlinable public static func prepend(_ value: String, to writer: inout WireWriter) {
    var value = value
    value.withUTF8 { writer.prepend(contentsOf: UnsafeRawBufferPointer($0)) }
    writer.prependVarint(UInt64(truncatingIfNeeded: value.utf8.count))
  }

  @inlinable public static func isDefault(_ value: String) -> Bool { value.isEmpty }
}

/// A text as the key of a map: told apart by its bytes.
public enum ProtoTextKey: ScalarCoding {
  @inlinable public static var wireType: WireType { .bytes }
  @inlinable public static var defaultValue: TextKey { TextKey("") }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> TextKey {
    TextKey(try reader.string())
  }

  @inlinable @inline(__always) public static func heapSize(_ value: TextKey) -> Int {
    ProtoString.heapSize(value.text)
  }

  @inlinable public static func prepend(_ value: TextKey, to writer: inout WireWriter) {
    ProtoString.prepend(value.text, to: &writer)
  }
}

public enum ProtoBytes: ScalarCoding {
  @inlinable public static var wireType: WireType { .bytes }
  @inlinable public static var defaultValue: [UInt8] { [] }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> [UInt8] {
    [UInt8](try reader.lengthDelimited())
  }

  @inlinable @inline(__always) public static func heapSize(_ value: [UInt8]) -> Int {
    value.isEmpty ? 0 : WireReader.allocationSize
  }

  @inlinable public static func prepend(_ value: [UInt8], to writer: inout WireWriter) {
    value.withUnsafeBytes { writer.prepend(contentsOf: $0) }
    writer.prependVarint(UInt64(truncatingIfNeeded: value.count))
  }

  @inlinable public static func isDefault(_ value: [UInt8]) -> Bool { value.isEmpty }
}

public enum ProtoMessage<M: Message>: FieldCoding {
  @inlinable public static var wireType: WireType { .bytes }
  @inlinable public static var defaultValue: M { M() }

  @inlinable public static func read(from reader: inout WireReader) throws(WireError) -> M {
    var message = M()
    try reader.mergeNested(into: &message)
    return message
  }

  @inlinable public static func prepend(_ value: M, to writer: inout WireWriter) {
    let mark = writer.count
    value.encode(into: &writer)
    writer.prependVarint(UInt64(truncatingIfNeeded: writer.count &- mark))
  }
}
