/// One `.proto` file as protoc understood it, for reflection.
package struct ProtoFile: Sendable {
  /// Its import path, as in `google/protobuf/timestamp.proto`.
  package let name: String
  /// A serialized `google.protobuf.FileDescriptorProto`, without source information.
  package let serialized: [UInt8]
  /// The files it imports, in the order of its import statements.
  package let dependencies: [ProtoFile]

  package init(name: String, serialized: [UInt8], dependencies: [ProtoFile]) {
    self.name = name
    self.serialized = serialized
    self.dependencies = dependencies
  }

  /// Used by generated code, which carries the descriptor as base64 text.
  package init(name: String, base64: StaticString, dependencies: [ProtoFile]) {
    let bytes = base64.withUTF8Buffer { Base64.decode($0) }
    precondition(bytes != nil, "the descriptor of \(name) is not base64")
    self.init(name: name, serialized: bytes ?? [], dependencies: dependencies)
  }
}
