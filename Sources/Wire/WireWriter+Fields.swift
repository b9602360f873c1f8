/// What generated `encode(into:)` methods are made of. Each call writes a field's value, then its tag
/// in front of it.
extension WireWriter {
  /// A field that is left out while it has its default value (proto3 without `optional`).
  @inlinable @inline(__always)
  package mutating func implicit<C: ScalarCoding>(_ number: UInt32, _ value: C.Value, _: C.Type) {
    if !C.isDefault(value) { write(number, value, C.self) }
  }

  /// A field that is left out while it is nil.
  @inlinable @inline(__always)
  package mutating func optional<C: FieldCoding>(_ number: UInt32, _ value: C.Value?, _: C.Type) {
    if let value { write(number, value, C.self) }
  }

  /// A repeated field, each value with its own tag.
  @inlinable
  package mutating func repeated<C: FieldCoding>(_ number: UInt32, _ values: [C.Value], _: C.Type) {
    var index = values.count
    while index > 0 {
      index &-= 1
      write(number, values[index], C.self)
    }
  }

  /// A repeated field of numbers under one tag.
  @inlinable
  package mutating func packed<C: PackableCoding>(_ number: UInt32, _ values: [C.Value], _: C.Type) {
    if values.isEmpty { return }
    let mark = count
    var index = values.count
    while index > 0 {
      index &-= 1
      C.prepend(values[index], to: &self)
    }
    prependVarint(UInt64(truncatingIfNeeded: count &- mark))
    prependVarint(UInt64(WireType.bytes.tag(number)))
  }

  /// A map, its entries in the order of their keys, so that equal messages have equal bytes.
  @inlinable
  package mutating func map<K: FieldCoding, V: FieldCoding>(
    _ number: UInt32, _ map: [K.Value: V.Value], _: K.Type, _: V.Type
  ) where K.Value: MapKey {
    if map.isEmpty { return }
    for (key, value) in map.sorted(by: { $1.key.precedes($0.key) }) {
      let mark = count
      write(2, value, V.self)
      write(1, key, K.self)
      prependVarint(UInt64(truncatingIfNeeded: count &- mark))
      prependVarint(UInt64(WireType.bytes.tag(number)))
    }
  }

  /// One value with its tag, whatever it is.
  @inlinable @inline(__always)
  package mutating func write<C: FieldCoding>(_ number: UInt32, _ value: C.Value, _: C.Type) {
    C.prepend(value, to: &self)
    prependVarint(UInt64(C.wireType.tag(number)))
  }

  /// Fields that were kept without being understood.
  @inlinable @inline(__always)
  package mutating func append(_ fields: UnknownFields) {
    if !fields.isEmpty { fields.bytes.withUnsafeBytes { prepend(contentsOf: $0) } }
  }
}

/// The key of a map, with an order that does not depend on the process.
public protocol MapKey: Hashable {
  func precedes(_ other: Self) -> Bool
}

extension Int32: MapKey {
  @inlinable public func precedes(_ other: Int32) -> Bool { self < other }
}

extension Int64: MapKey {
  @inlinable public func precedes(_ other: Int64) -> Bool { self < other }
}

extension UInt32: MapKey {
  @inlinable public func precedes(_ other: UInt32) -> Bool { self < other }
}

extension UInt64: MapKey {
  @inlinable public func precedes(_ other: UInt64) -> Bool { self < other }
}

extension TextKey: MapKey {
  @inlinable public func precedes(_ other: TextKey) -> Bool { self < other }
}

extension Bool: MapKey {
  @inlinable public func precedes(_ other: Bool) -> Bool { !self && other }
}
