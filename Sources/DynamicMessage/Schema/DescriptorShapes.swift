/// `google/protobuf/descriptor.proto` and `compiler/plugin.proto`, as far as Cairn reads them, by hand:
/// this is where descriptors come from, so nothing could describe them in turn.
///
/// Options keep the numbers that Cairn has a use for. Others, extensions included, are unknown fields to
/// libprotobuf-c and are stepped over.
enum DescriptorShapes {
  static let descriptors = RuntimeDescriptors(files + messages + enums + services + options + plugin)

  private static let files = [
    // Files stay bytes here, so that each can be kept as it came.
    MessageShape("FileDescriptorSet", [FieldShape(1, "file", .bytes, repeated: true)]),
    MessageShape(
      "FileDescriptorProto",
      [
        .string(1, "name"), .string(2, "package"), .strings(3, "dependency"),
        FieldShape(10, "public_dependency", .int32, repeated: true),
        .messages(4, "message_type", of: "DescriptorProto"),
        .messages(5, "enum_type", of: "EnumDescriptorProto"),
        .messages(6, "service", of: "ServiceDescriptorProto"),
        .messages(7, "extension", of: "FieldDescriptorProto"),
        .message(8, "options", of: "FileOptions"), .message(9, "source_code_info", of: "SourceCodeInfo"),
        .string(12, "syntax"), FieldShape(14, "edition", .enum),
      ]),
    MessageShape("SourceCodeInfo", [.messages(1, "location", of: "Location")]),
    MessageShape(
      "Location",
      [
        FieldShape(1, "path", .int32, repeated: true, packed: true),
        FieldShape(2, "span", .int32, repeated: true, packed: true),
        .string(3, "leading_comments"), .string(4, "trailing_comments"),
        .strings(6, "leading_detached_comments"),
      ]),
  ]

  private static let messages = [
    MessageShape(
      "DescriptorProto",
      [
        .string(1, "name"), .messages(2, "field", of: "FieldDescriptorProto"),
        .messages(3, "nested_type", of: "DescriptorProto"),
        .messages(4, "enum_type", of: "EnumDescriptorProto"),
        .messages(5, "extension_range", of: "Range"), .messages(6, "extension", of: "FieldDescriptorProto"),
        .message(7, "options", of: "MessageOptions"), .messages(8, "oneof_decl", of: "OneofDescriptorProto"),
        .messages(9, "reserved_range", of: "Range"), .strings(10, "reserved_name"),
      ]),
    MessageShape("Range", [.int32(1, "start"), .int32(2, "end")]),
    MessageShape(
      "FieldDescriptorProto",
      [
        .string(1, "name"), .string(2, "extendee"), .int32(3, "number"), FieldShape(4, "label", .enum),
        FieldShape(5, "type", .enum), .string(6, "type_name"), .string(7, "default_value"),
        .message(8, "options", of: "FieldOptions"), .int32(9, "oneof_index"), .string(10, "json_name"),
        .bool(17, "proto3_optional"),
      ]),
    MessageShape("OneofDescriptorProto", [.string(1, "name")]),
  ]

  private static let enums = [
    MessageShape(
      "EnumDescriptorProto",
      [
        .string(1, "name"), .messages(2, "value", of: "EnumValueDescriptorProto"),
        .message(3, "options", of: "EnumOptions"), .messages(4, "reserved_range", of: "Range"),
        .strings(5, "reserved_name"),
      ]),
    MessageShape(
      "EnumValueDescriptorProto",
      [.string(1, "name"), .int32(2, "number"), .message(3, "options", of: "EnumValueOptions")]),
  ]

  private static let services = [
    MessageShape(
      "ServiceDescriptorProto",
      [
        .string(1, "name"), .messages(2, "method", of: "MethodDescriptorProto"),
        .message(3, "options", of: "ServiceOptions"),
      ]),
    MessageShape(
      "MethodDescriptorProto",
      [
        .string(1, "name"), .string(2, "input_type"), .string(3, "output_type"),
        .message(4, "options", of: "MethodOptions"), .bool(5, "client_streaming"),
        .bool(6, "server_streaming"),
      ]),
  ]

  private static let options = [
    MessageShape("FileOptions", [.bool(23, "deprecated"), .string(39, "swift_prefix")]),
    MessageShape("MessageOptions", [.bool(3, "deprecated"), .bool(7, "map_entry")]),
    MessageShape("FieldOptions", [.bool(2, "packed"), .bool(3, "deprecated")]),
    MessageShape("EnumOptions", [.bool(2, "allow_alias"), .bool(3, "deprecated")]),
    MessageShape("EnumValueOptions", [.bool(1, "deprecated")]),
    MessageShape("ServiceOptions", [.bool(33, "deprecated")]),
    MessageShape(
      "MethodOptions", [.bool(33, "deprecated"), FieldShape(34, "idempotency_level", .enum)]),
  ]

  private static let plugin = [
    MessageShape(
      "CodeGeneratorRequest",
      [
        .strings(1, "file_to_generate"), .string(2, "parameter"),
        .message(3, "compiler_version", of: "Version"),
        FieldShape(15, "proto_file", .bytes, repeated: true),
      ]),
    MessageShape(
      "Version", [.int32(1, "major"), .int32(2, "minor"), .int32(3, "patch"), .string(4, "suffix")]),
    MessageShape(
      "CodeGeneratorResponse",
      [
        .string(1, "error"), FieldShape(2, "supported_features", .uint64), .messages(15, "file", of: "File"),
      ]),
    MessageShape("File", [.string(1, "name"), .string(2, "insertion_point"), .string(15, "content")]),
  ]
}
