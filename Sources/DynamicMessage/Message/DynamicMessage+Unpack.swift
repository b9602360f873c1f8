import CProtobufC

extension DynamicMessage {
  /// Parses a message with libprotobuf-c.
  package init(bytes: [UInt8], type: MessageType) throws(UnpackError) {
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(UnpackError) in
        try type.pool.descriptors.withUnpacked(buffer, as: type.index, mapping: { $0 }) {
          (unpacked) throws(UnpackError) in DynamicMessage(unpacked, type: type)
        }
      }
    }
    self = try result.get()
  }

  /// Copies a message out of libprotobuf-c's memory. Its depth was bounded before it was unpacked.
  private init(_ source: UnpackedMessage, type: MessageType) {
    self.init(type)
    for field in type.fields {
      guard let place = source.layout.field(field.number), let first = source.values(place) else { continue }
      if !field.isRepeated {
        store(Self.single(source, at: first, layout: place, type: type, field: field), for: field)
        continue
      }
      let items = (0..<source.count(place)).map { index in
        Self.single(source, at: first + index * place.kind.size, layout: place, type: type, field: field)
      }
      store(
        type.mapEntry(of: field).map { Self.map(items, key: $0.key, value: $0.value) } ?? .list(items),
        for: field)
    }
    unknownFields = Self.unknownFields(source)
  }

  private static func single(
    _ source: UnpackedMessage, at place: UnsafeRawPointer, layout: FieldLayout, type: MessageType,
    field: SchemaField
  ) -> DynamicValue {
    switch field.kind {
    case .bool: .bool(place.load(as: Int32.self) != 0)
    case .int32, .sint32, .sfixed32: .int32(place.load(as: Int32.self))
    case .int64, .sint64, .sfixed64: .int64(place.load(as: Int64.self))
    case .uint32, .fixed32: .uint32(place.load(as: UInt32.self))
    case .uint64, .fixed64: .uint64(place.load(as: UInt64.self))
    case .float: .float(place.load(as: Float.self))
    case .double: .double(place.load(as: Double.self))
    case .enum: .enumeration(place.load(as: Int32.self))
    case .string: .string(String(decoding: source.bytes(at: place), as: UTF8.self))
    case .bytes: .bytes([UInt8](source.bytes(at: place)))
    case .message, .group:
      if let nested = source.message(at: place, layout) {
        .message(DynamicMessage(nested, type: MessageType(pool: type.pool, index: nested.index)))
      } else {
        preconditionFailure("libprotobuf-c left \(field.fullName) without a message")
      }
    }
  }

  /// Later entries win, and an entry without a key or a value has the zero one.
  private static func map(_ entries: [DynamicValue], key: SchemaField, value: SchemaField) -> DynamicValue {
    var result: [DynamicValue: DynamicValue] = [:]
    for case .message(let entry) in entries {
      let empty = entry.type.type(of: value).map { DynamicValue.message(DynamicMessage($0)) }
      guard let name = entry.value(of: key) ?? .zero(of: key.kind),
        let content = entry.value(of: value) ?? empty ?? .zero(of: value.kind)
      else { continue }
      result[name] = content
    }
    return .map(result)
  }

  private static func unknownFields(_ source: UnpackedMessage) -> [UnknownField] {
    let header = source.memory.load(as: ProtobufCMessage.self)
    return (0..<Int(header.n_unknown_fields)).map { index in
      let field = header.unknown_fields[index]
      return UnknownField(
        number: Int32(bitPattern: field.tag), wireType: UInt8(field.wire_type.rawValue),
        payload: [UInt8](UnsafeRawBufferPointer(start: field.data, count: field.len)))
    }
  }
}
