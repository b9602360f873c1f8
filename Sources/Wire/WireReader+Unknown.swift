extension WireReader {
  /// Steps over the field whose `tag` was just read and keeps it, tag included.
  ///
  /// A known field number with another wire type than the field's own ends up here as well: the
  /// protobuf specification treats it as unknown, and so do all official implementations.
  @usableFromInline package mutating func unknown(_ tag: UInt32, into fields: inout UnknownFields)
    throws(WireError)
  {
    let start = fieldStart
    try skip(tag)
    try charge(cursor - start + (fields.bytes.isEmpty ? WireReader.allocationSize : 0))
    fields.bytes.append(contentsOf: UnsafeRawBufferPointer(start: start, count: cursor - start))
  }

  /// Steps over the value of the field whose `tag` was just read.
  @usableFromInline package mutating func skip(_ tag: UInt32) throws(WireError) {
    switch WireType(rawValue: tag & 7) {
    case .varint: _ = try varint()
    case .fixed64: _ = try fixed64()
    case .fixed32: _ = try fixed32()
    case .bytes: _ = try lengthDelimited()
    case .startGroup: try skipGroup(tag >> 3)
    case .endGroup: throw .unmatchedGroup
    case nil: throw .invalidWireType
    }
  }

  private mutating func skipGroup(_ number: UInt32) throws(WireError) {
    guard depthLeft > 0 else { throw .nestingTooDeep }
    depthLeft -= 1
    defer { depthLeft += 1 }
    while true {
      let tag = try nextTag()
      if tag == WireType.endGroup.tag(number) { return }
      if tag == 0 { throw .unmatchedGroup }
      try skip(tag)
    }
  }
}
