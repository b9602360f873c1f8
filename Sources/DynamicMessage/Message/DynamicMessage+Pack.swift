import CProtobufC

extension DynamicMessage {
  /// The wire form, by libprotobuf-c: fields by number, then unknown ones; maps by key.
  ///
  /// Throws `UnpackError.tooDeep` for a message that no receiver would take.
  package func serializedBytes() throws(UnpackError) -> [UInt8] {
    try checkDepth(WireCheck.depthLimit)
    var arena = PackArena(type.pool.descriptors)
    let root = fill(&arena)
    return arena.pack(root)
  }

  private func checkDepth(_ left: Int) throws(UnpackError) {
    guard left > 0 else { throw .tooDeep(limit: WireCheck.depthLimit) }
    for field in setFields where field.kind == .message {
      switch value(of: field) {
      case .message(let message): try message.checkDepth(left - 1)
      case .list(let items):
        for case .message(let message) in items { try message.checkDepth(left - 1) }
      case .map(let entries):
        // An entry is a message too.
        for case .message(let message) in entries.values { try message.checkDepth(left - 2) }
      default: break
      }
    }
  }

  private func fill(_ arena: inout PackArena) -> PackedMessage {
    let target = arena.message(type.index)
    let layout = arena.descriptors.layouts[type.index]
    for field in setFields {
      guard let place = layout.field(field.number), let value = value(of: field) else { continue }
      switch value {
      case .list(let items):
        let first = arena.places(place, count: items.count, in: target)
        for (index, item) in items.enumerated() {
          Self.write(item, to: first + index * place.kind.size, arena: &arena)
        }
      case .map(let entries): write(entries, of: field, at: place, in: target, arena: &arena)
      default: Self.write(value, to: arena.place(place, in: target), arena: &arena)
      }
    }
    writeUnknownFields(to: target, &arena)
    return target
  }

  private func write(
    _ entries: [DynamicValue: DynamicValue], of field: SchemaField, at place: FieldLayout,
    in target: PackedMessage, arena: inout PackArena
  ) {
    guard let entry = place.message, let key = arena.descriptors.layouts[entry].field(1),
      let value = arena.descriptors.layouts[entry].field(2)
    else { preconditionFailure("\(field.fullName) is no map") }
    let first = arena.places(place, count: entries.count, in: target)
    let sorted = entries.sorted { DynamicValue.keyIsBefore($0.key, $1.key) }
    for (index, pair) in sorted.enumerated() {
      let item = arena.message(entry)
      // Key and value are always written, zero or not, as protobuf's own libraries do.
      Self.write(pair.key, to: arena.place(key, in: item), arena: &arena)
      Self.write(pair.value, to: arena.place(value, in: item), arena: &arena)
      first.storeBytes(of: item.memory, toByteOffset: index * 8, as: UnsafeMutableRawPointer.self)
    }
  }

  private static func write(
    _ value: DynamicValue, to place: UnsafeMutableRawPointer, arena: inout PackArena
  ) {
    switch value {
    case .bool(let value): place.storeBytes(of: value ? 1 : 0, as: Int32.self)
    case .int32(let value), .enumeration(let value): place.storeBytes(of: value, as: Int32.self)
    case .int64(let value): place.storeBytes(of: value, as: Int64.self)
    case .uint32(let value): place.storeBytes(of: value, as: UInt32.self)
    case .uint64(let value): place.storeBytes(of: value, as: UInt64.self)
    case .float(let value): place.storeBytes(of: value, as: Float.self)
    case .double(let value): place.storeBytes(of: value, as: Double.self)
    case .string(let value): place.storeBytes(of: arena.data(value.utf8), as: ProtobufCBinaryData.self)
    case .bytes(let value): place.storeBytes(of: arena.data(value), as: ProtobufCBinaryData.self)
    case .message(let value):
      place.storeBytes(of: value.fill(&arena).memory, as: UnsafeMutableRawPointer.self)
    case .list, .map: preconditionFailure("a list within a list")
    }
  }

  private func writeUnknownFields(to target: PackedMessage, _ arena: inout PackArena) {
    guard !unknownFields.isEmpty else { return }
    let stride = MemoryLayout<ProtobufCMessageUnknownField>.stride
    let array = arena.allocate(unknownFields.count * stride)
      .bindMemory(to: ProtobufCMessageUnknownField.self, capacity: unknownFields.count)
    for (index, field) in unknownFields.enumerated() {
      let data = arena.data(field.payload)
      array[index] = ProtobufCMessageUnknownField(
        tag: UInt32(bitPattern: field.number), wire_type: ProtobufCWireType(UInt32(field.wireType)),
        len: data.len,
        data: data.data)
    }
    let header = target.memory.assumingMemoryBound(to: ProtobufCMessage.self)
    header.pointee.n_unknown_fields = UInt32(unknownFields.count)
    header.pointee.unknown_fields = array
  }
}
