import CProtobufC

/// Where libprotobuf-c keeps the fields of one message type in memory.
struct MessageLayout {
  let name: String
  /// Sorted by number, as libprotobuf-c wants them.
  let fields: [FieldLayout]
  /// Bytes of one message, a multiple of 8.
  let size: Int
  private let indexByNumber: [Int32: Int]

  /// - Parameter messageIndex: index of a message type by name.
  init(_ shape: MessageShape, messageIndex: [String: Int]) {
    name = shape.name
    var end = MemoryLayout<ProtobufCMessage>.size
    func place(_ size: Int) -> Int {
      let alignment = min(size, 8)
      end = (end + alignment - 1) / alignment * alignment
      defer { end += size }
      return end
    }
    // Members of a oneof share one slot: libprotobuf-c frees the old member through the new one's place.
    var oneofs: [Int: (tag: Int, slot: Int)] = [:]
    fields = shape.fields.sorted { $0.number < $1.number }.map { field in
      let target = field.messageName.flatMap { messageIndex[$0] }
      if field.isRepeated {
        return FieldLayout(field, quantifier: place(8), offset: place(8), message: target)
      }
      if let oneof = field.oneof {
        let places = oneofs[oneof] ?? (tag: place(4), slot: place(16))
        oneofs[oneof] = places
        return FieldLayout(field, quantifier: places.tag, offset: places.slot, message: target)
      }
      // A message is there when its pointer is: it has no flag of its own, and zero says so.
      let flag = field.kind == .message ? 0 : place(4)
      return FieldLayout(field, quantifier: flag, offset: place(field.kind.size), message: target)
    }
    size = (end + 7) / 8 * 8
    indexByNumber = Dictionary(
      fields.enumerated().map { ($0.element.number, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  func field(_ number: Int32) -> FieldLayout? {
    indexByNumber[number].map { fields[$0] }
  }
}

/// Where one field lives in its message's memory.
struct FieldLayout {
  let number: Int32
  let name: String
  let kind: SchemaKind
  let isRepeated: Bool
  let isPacked: Bool
  let isInOneof: Bool
  /// Offset of the presence flag, the count of a repeated field, or the oneof's current number.
  let quantifier: Int
  let offset: Int
  /// Index of the message type, for fields that hold messages.
  let message: Int?

  init(_ shape: FieldShape, quantifier: Int, offset: Int, message: Int?) {
    number = shape.number
    name = shape.name
    kind = shape.kind
    isRepeated = shape.isRepeated
    isPacked = shape.isPacked && shape.kind.isPackable
    isInOneof = shape.oneof != nil && !shape.isRepeated
    self.quantifier = quantifier
    self.offset = offset
    self.message = message
  }
}
