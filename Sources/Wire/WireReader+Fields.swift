/// What generated `merge(from:)` methods are made of.
extension WireReader {
  /// One value.
  @inlinable @inline(__always)
  package mutating func read<C: FieldCoding>(_: C.Type) throws(WireError) -> C.Value {
    try C.read(from: &self)
  }

  /// One value of a repeated field, with its own tag.
  @inlinable @inline(__always)
  package mutating func append<C: FieldCoding>(to values: inout [C.Value], _: C.Type) throws(WireError) {
    try charge(MemoryLayout<C.Value>.stride &+ (values.isEmpty ? WireReader.allocationSize : 0))
    let value = try C.read(from: &self)
    try charge(C.heapSize(value))
    values.append(value)
  }

  /// All values of a packed repeated field.
  @inlinable
  package mutating func appendPacked<C: PackableCoding>(
    to values: inout [C.Value], _: C.Type
  ) throws(WireError) {
    let outerEnd = try narrow()
    defer { end = outerEnd }
    // Only for the first chunk: exact reservations for ever more chunks would copy quadratically.
    if values.isEmpty, let size = C.fixedSize {
      let count = remaining / size
      guard count <= allowance / MemoryLayout<C.Value>.stride else { throw .tooMuchMemory }
      values.reserveCapacity(count)
    }
    while cursor < end {
      try charge(MemoryLayout<C.Value>.stride)
      values.append(try C.read(from: &self))
    }
  }

  /// A message field that may be set already: its fields are merged.
  @inlinable
  package mutating func merge<M: Message>(into message: inout M?) throws(WireError) {
    if message == nil {
      try charge(MemoryLayout<M>.stride)
      message = M()
    }
    try mergeNested(into: &message!)
  }

  /// One entry of a map; a later entry of the same key replaces the earlier one.
  @inlinable
  package mutating func insert<K: FieldCoding, V: FieldCoding>(
    into map: inout [K.Value: V.Value], _: K.Type, _: V.Type
  ) throws(WireError) where K.Value: Hashable {
    guard depthLeft > 0 else { throw .nestingTooDeep }
    // Tables have room for up to twice as many entries.
    try charge(2 &* (MemoryLayout<K.Value>.stride &+ MemoryLayout<V.Value>.stride))
    depthLeft -= 1
    let outerEnd = try narrow()
    defer {
      end = outerEnd
      depthLeft += 1
    }
    var key = K.defaultValue
    var value = V.defaultValue
    while true {
      let tag = try nextTag()
      if tag == 0 { break }
      if tag == K.wireType.tag(1) {
        key = try K.read(from: &self)
      } else if tag == V.wireType.tag(2) {
        value = try V.read(from: &self)
      } else {
        try skip(tag)
      }
    }
    try charge(K.heapSize(key) &+ V.heapSize(value))
    map[key] = value
  }

  /// Reads a length-delimited message into `message`.
  @inlinable
  package mutating func mergeNested<M: Message>(into message: inout M) throws(WireError) {
    guard depthLeft > 0 else { throw .nestingTooDeep }
    // A field of two bytes that occurs again and again is work, too.
    try charge(WireReader.allocationSize)
    depthLeft -= 1
    let outerEnd = try narrow()
    defer {
      end = outerEnd
      depthLeft += 1
    }
    try message.merge(from: &self)
  }

  /// Reads a length and makes the bytes it covers all that can be read. Returns the end to put back.
  @inlinable @inline(__always)
  mutating func narrow() throws(WireError) -> UnsafeRawPointer {
    let length = try varint()
    guard length <= UInt64(truncatingIfNeeded: remaining) else { throw .truncated }
    let outerEnd = end
    end = cursor + Int(truncatingIfNeeded: length)
    return outerEnd
  }
}
