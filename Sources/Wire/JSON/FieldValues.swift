/// The values of a message's fields, taken out of its bytes without knowing its type at compile time.
struct FieldValues {
  /// One value as it is on the wire.
  enum Raw {
    case number(UInt64)
    /// Borrowed from the message's bytes.
    case bytes(UnsafeRawBufferPointer)
  }

  /// For each field of the schema, in its order. Fields that are not repeated have one value at most,
  /// except messages, which may come in pieces.
  private(set) var values: [[Raw]]

  init(_ bytes: UnsafeRawBufferPointer, _ schema: MessageSchema) throws(WireError) {
    values = Array(repeating: [], count: schema.fields.count)
    var reader = WireReader(bytes)
    while true {
      let tag = try reader.nextTag()
      if tag == 0 { return }
      guard let index = schema.index(of: tag >> 3), let type = WireType(rawValue: tag & 7),
        try take(schema.fields[index], at: index, as: type, from: &reader)
      else {
        try reader.skip(tag)
        continue
      }
      clearRivals(of: index, in: schema)
    }
  }

  /// Reads one value or one packed run; false, with nothing read, when the wire type is not the field's.
  private mutating func take(
    _ field: FieldSchema, at index: Int, as type: WireType, from reader: inout WireReader
  ) throws(WireError) -> Bool {
    let isMap = if case .map = field.cardinality { true } else { false }
    let expected = isMap ? .bytes : field.kind.wireType
    if type == expected {
      let value = try Self.read(type, from: &reader)
      if !field.keepsAll { values[index].removeAll() }
      values[index].append(value)
      return true
    }
    guard type == .bytes, case .repeated = field.cardinality else { return false }
    var run = WireReader(try reader.lengthDelimited())
    while run.remaining > 0 { values[index].append(try Self.read(expected, from: &run)) }
    return true
  }

  /// Of a oneof only the field that came last is set.
  private mutating func clearRivals(of index: Int, in schema: MessageSchema) {
    guard let oneof = schema.fields[index].oneof else { return }
    for rival in schema.fields.indices where rival != index && schema.fields[rival].oneof == oneof {
      values[rival].removeAll()
    }
  }

  private static func read(_ type: WireType, from reader: inout WireReader) throws(WireError) -> Raw {
    switch type {
    case .varint: .number(try reader.varint())
    case .fixed32: .number(UInt64(try reader.fixed32()))
    case .fixed64: .number(try reader.fixed64())
    case .bytes: .bytes(try reader.lengthDelimited())
    case .startGroup, .endGroup: throw .invalidWireType
    }
  }
}

extension FieldSchema {
  /// Whether a further value adds to the field instead of replacing it.
  fileprivate var keepsAll: Bool {
    switch (cardinality, kind) {
    case (.repeated, _), (.map, _), (_, .messageType): true
    default: false
    }
  }
}
