/// How values of one protobuf type are read and written. The type's name in a `.proto` file, as in
/// `sint32`, is the conformer's name with `Proto` in front.
public protocol FieldCoding {
  associatedtype Value: Sendable

  static var wireType: WireType { get }

  /// The value of a field that is not there.
  static var defaultValue: Value { get }

  /// Bytes that an element takes on the heap beside what it has on the wire: one of a list or a map, of which there can
  /// be many.
  static func heapSize(_ value: Value) -> Int

  static func read(from reader: inout WireReader) throws(WireError) -> Value

  /// Writes the value (with its length, if it has one) in front of what `writer` holds; no tag.
  static func prepend(_ value: Value, to writer: inout WireWriter)
}

extension FieldCoding {
  @inlinable @inline(__always) public static func heapSize(_ value: Value) -> Int { 0 }
}

/// Every type but messages: in proto3 a field of such a type is not sent while it has its default.
public protocol ScalarCoding: FieldCoding {
  static func isDefault(_ value: Value) -> Bool
}

/// Numbers, bools and enums: a repeated field of them may be packed under one tag.
public protocol PackableCoding: ScalarCoding {
  /// Bytes a value takes when that is the same for all values.
  static var fixedSize: Int? { get }
}

extension PackableCoding {
  @inlinable public static var fixedSize: Int? { nil }
}

extension ScalarCoding where Value: Equatable {
  @inlinable @inline(__always)
  public static func isDefault(_ value: Value) -> Bool { value == defaultValue }
}
