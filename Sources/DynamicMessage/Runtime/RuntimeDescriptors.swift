import CProtobufC
import Glibc

/// Message descriptors for libprotobuf-c that are built while the program runs.
///
/// Everything is allocated once, by `init`, and never changes afterwards, so that the descriptors may be
/// used from any thread for as long as this object lives.
final class RuntimeDescriptors: @unchecked Sendable {
  let layouts: [MessageLayout]
  let indexByName: [String: Int]
  private let messages: UnsafeMutablePointer<ProtobufCMessageDescriptor>
  private var blocks: [UnsafeMutableRawPointer] = []

  /// - Parameter shapes: types with distinct names that hold only messages of types in the same array.
  init(_ shapes: [MessageShape]) {
    let index = Dictionary(
      shapes.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
    indexByName = index
    layouts = shapes.map { MessageLayout($0, messageIndex: index) }
    messages = .allocate(capacity: max(shapes.count, 1))
    messages.initialize(repeating: ProtobufCMessageDescriptor(), count: max(shapes.count, 1))
    for (position, layout) in layouts.enumerated() { describe(layout, in: &messages[position]) }
  }

  deinit {
    for block in blocks { free(block) }
    messages.deallocate()
  }

  func descriptor(_ message: Int) -> UnsafePointer<ProtobufCMessageDescriptor> {
    UnsafePointer(messages + message)
  }

  private func describe(_ layout: MessageLayout, in target: inout ProtobufCMessageDescriptor) {
    let name = cString(layout.name)
    target.magic = UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
    target.name = name
    target.short_name = name
    target.c_name = name
    target.package_name = name
    target.sizeof_message = layout.size
    target.n_fields = UInt32(layout.fields.count)
    let fields = allocate(ProtobufCFieldDescriptor.self, count: layout.fields.count)
    for (position, field) in layout.fields.enumerated() { fields[position] = describe(field) }
    target.fields = UnsafePointer(fields)
    let ranges = numberRanges(layout.fields)
    target.n_field_ranges = UInt32(ranges.count - 1)
    let rangeMemory = allocate(ProtobufCIntRange.self, count: ranges.count)
    for (position, range) in ranges.enumerated() { rangeMemory[position] = range }
    target.field_ranges = UnsafePointer(rangeMemory)
    // fields_sorted_by_name and message_init stay nil: nothing here looks fields up by name, and unpack
    // zeroes the memory by itself when there is no function for it.
  }

  private func describe(_ field: FieldLayout) -> ProtobufCFieldDescriptor {
    var target = ProtobufCFieldDescriptor()
    target.name = cString(field.name)
    target.id = UInt32(bitPattern: field.number)
    target.label = field.isRepeated ? PROTOBUF_C_LABEL_REPEATED : PROTOBUF_C_LABEL_OPTIONAL
    target.type = field.kind.cType
    target.quantifier_offset = UInt32(field.quantifier)
    target.offset = UInt32(field.offset)
    target.descriptor = field.message.map { UnsafeRawPointer(messages + $0) }
    if field.isPacked { target.flags |= PROTOBUF_C_FIELD_FLAG_PACKED.rawValue }
    if field.isInOneof { target.flags |= PROTOBUF_C_FIELD_FLAG_ONEOF.rawValue }
    return target
  }

  /// Runs of consecutive numbers, and the terminator that libprotobuf-c reads behind the last one.
  private func numberRanges(_ fields: [FieldLayout]) -> [ProtobufCIntRange] {
    var ranges: [ProtobufCIntRange] = []
    var next: Int32?
    for (position, field) in fields.enumerated() {
      if field.number != next {
        ranges.append(ProtobufCIntRange(start_value: field.number, orig_index: UInt32(position)))
      }
      next = field.number + 1
    }
    return ranges + [ProtobufCIntRange(start_value: 0, orig_index: UInt32(fields.count))]
  }

  private func allocate<T: BitwiseCopyable>(_ type: T.Type, count: Int) -> UnsafeMutablePointer<T> {
    guard let block = calloc(max(count, 1), MemoryLayout<T>.stride) else { fatalError("out of memory") }
    blocks.append(block)
    return block.bindMemory(to: type, capacity: max(count, 1))
  }

  private func cString(_ text: String) -> UnsafePointer<CChar> {
    guard let copy = strdup(text) else { fatalError("out of memory") }
    blocks.append(copy)
    return UnsafePointer(copy)
  }
}
