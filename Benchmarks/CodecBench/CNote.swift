import CProtobufC
import Glibc

/// ``Note`` as protoc-c would lay it out for libprotobuf-c.
struct CNote {
  var base = ProtobufCMessage()
  var id: UnsafeMutablePointer<CChar>?
  var title: UnsafeMutablePointer<CChar>?
  var content: UnsafeMutablePointer<CChar>?
  var mediaType: UnsafeMutablePointer<CChar>?
  var owner: UnsafeMutablePointer<CChar>?
  var session: UnsafeMutablePointer<CChar>?
  var agent: UnsafeMutablePointer<CChar>?
  var etag: UnsafeMutablePointer<CChar>?
  var tagCount = 0
  var tags: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  var version: Int64 = 0
  var kind: Int32 = 0
  var pinned: Int32 = 0
  var createTime: UnsafeMutablePointer<CMoment>?
  var updateTime: UnsafeMutablePointer<CMoment>?
}

/// ``Moment`` likewise.
struct CMoment {
  var base = ProtobufCMessage()
  var seconds: Int64 = 0
  var nanos: Int32 = 0
}

/// The descriptors that protoc-c would write. They live as long as the program.
enum CDescriptors {
  // Never changed after they were made.
  nonisolated(unsafe) static let moment: UnsafeMutablePointer<ProtobufCMessageDescriptor> = describe(
    MemoryLayout<CMoment>.size,
    [
      field(1, PROTOBUF_C_TYPE_INT64, MemoryLayout<CMoment>.offset(of: \.seconds)),
      field(2, PROTOBUF_C_TYPE_INT32, MemoryLayout<CMoment>.offset(of: \.nanos)),
    ],
    initialize: { message in
      message?.withMemoryRebound(to: CMoment.self, capacity: 1) { $0.initialize(to: CMoment()) }
      message?.pointee.descriptor = UnsafePointer(CDescriptors.moment)
    })

  nonisolated(unsafe) static let note: UnsafeMutablePointer<ProtobufCMessageDescriptor> = describe(
    MemoryLayout<CNote>.size,
    [
      field(1, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.id)),
      field(2, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.title)),
      field(3, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.content)),
      field(4, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.mediaType)),
      field(5, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.owner)),
      field(6, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.session)),
      field(7, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.agent)),
      field(8, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.etag)),
      field(
        9, PROTOBUF_C_TYPE_STRING, MemoryLayout<CNote>.offset(of: \.tags),
        count: MemoryLayout<CNote>.offset(of: \.tagCount)),
      field(10, PROTOBUF_C_TYPE_INT64, MemoryLayout<CNote>.offset(of: \.version)),
      field(11, PROTOBUF_C_TYPE_INT32, MemoryLayout<CNote>.offset(of: \.kind)),
      field(12, PROTOBUF_C_TYPE_BOOL, MemoryLayout<CNote>.offset(of: \.pinned)),
      field(13, PROTOBUF_C_TYPE_MESSAGE, MemoryLayout<CNote>.offset(of: \.createTime), message: moment),
      field(14, PROTOBUF_C_TYPE_MESSAGE, MemoryLayout<CNote>.offset(of: \.updateTime), message: moment),
    ],
    initialize: { message in
      message?.withMemoryRebound(to: CNote.self, capacity: 1) { $0.initialize(to: CNote()) }
      message?.pointee.descriptor = UnsafePointer(CDescriptors.note)
    })

  private static func field(
    _ number: UInt32, _ type: ProtobufCType, _ offset: Int?, count: Int? = nil,
    message: UnsafeMutablePointer<ProtobufCMessageDescriptor>? = nil
  ) -> ProtobufCFieldDescriptor {
    var field = ProtobufCFieldDescriptor()
    field.name = UnsafePointer(strdup("field"))
    field.id = number
    field.type = type
    field.offset = UInt32(offset ?? 0)
    field.label =
      count == nil
      ? (message == nil ? PROTOBUF_C_LABEL_NONE : PROTOBUF_C_LABEL_OPTIONAL) : PROTOBUF_C_LABEL_REPEATED
    field.quantifier_offset = UInt32(count ?? 0)
    field.descriptor = UnsafeRawPointer(message)
    return field
  }

  private static func describe(
    _ size: Int, _ fields: [ProtobufCFieldDescriptor],
    initialize: @escaping @convention(c) (UnsafeMutablePointer<ProtobufCMessage>?) -> Void
  ) -> UnsafeMutablePointer<ProtobufCMessageDescriptor> {
    let descriptor = UnsafeMutablePointer<ProtobufCMessageDescriptor>.allocate(capacity: 1)
    descriptor.initialize(to: ProtobufCMessageDescriptor())
    descriptor.pointee.magic = UInt32(PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC)
    descriptor.pointee.name = UnsafePointer(strdup("message"))
    descriptor.pointee.sizeof_message = size
    descriptor.pointee.n_fields = UInt32(fields.count)
    let list = UnsafeMutableBufferPointer<ProtobufCFieldDescriptor>.allocate(capacity: fields.count)
    _ = list.initialize(from: fields)
    descriptor.pointee.fields = UnsafePointer(list.baseAddress)
    // All numbers follow each other: one range and the terminator.
    let ranges = UnsafeMutablePointer<ProtobufCIntRange>.allocate(capacity: 2)
    ranges.initialize(to: ProtobufCIntRange(start_value: 1, orig_index: 0))
    (ranges + 1).initialize(to: ProtobufCIntRange(start_value: 0, orig_index: UInt32(fields.count)))
    descriptor.pointee.n_field_ranges = 1
    descriptor.pointee.field_ranges = UnsafePointer(ranges)
    descriptor.pointee.message_init = initialize
    return descriptor
  }
}
