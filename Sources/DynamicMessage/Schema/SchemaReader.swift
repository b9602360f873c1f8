extension SchemaFile {
  /// Reads a `FileDescriptorProto`.
  package init(bytes: [UInt8]) throws(UnpackError) {
    self = try DescriptorShapes.descriptors.withUnpacked(bytes, as: "FileDescriptorProto") {
      (file) throws(UnpackError) in
      try SchemaReader(file: file).read(file, serialized: bytes)
    }
  }
}

/// Turns one unpacked `FileDescriptorProto` into the plain model.
///
/// Numbers in `path` are those of descriptor.proto's fields, by which comments are found.
private struct SchemaReader {
  let syntax: SchemaSyntax
  let comments: CommentTable

  init(file: UnpackedMessage) {
    comments = CommentTable(file.message(9))
    syntax =
      switch file.string(12) {
      case "proto3": .proto3
      case "editions": .edition(file.int32(14) ?? 0)
      default: .proto2
      }
  }

  func read(_ file: UnpackedMessage, serialized: [UInt8]) throws(UnpackError) -> SchemaFile {
    let package = file.string(2) ?? ""
    let dependencies = file.strings(3)
    let options = file.message(8)
    return SchemaFile(
      name: file.string(1) ?? "", package: package, syntax: syntax, dependencies: dependencies,
      publicDependencies: file.int32s(10).compactMap { index in
        dependencies.indices.contains(Int(index)) ? dependencies[Int(index)] : nil
      },
      messages: try list(4, of: file, at: []) { item, path throws(UnpackError) in
        try message(item, in: package, at: path)
      },
      enums: try list(5, of: file, at: []) { item, path throws(UnpackError) in
        enumeration(item, in: package, at: path)
      },
      services: try list(6, of: file, at: []) { item, path throws(UnpackError) in
        service(item, in: package, at: path)
      },
      extensions: try list(7, of: file, at: []) { item, path throws(UnpackError) in
        try field(item, in: package, at: path)
      },
      swiftPrefix: options?.string(39), isDeprecated: options?.bool(23) ?? false,
      syntaxComments: comments[[12]], packageComments: comments[[2]], serialized: serialized)
  }

  private func message(_ proto: UnpackedMessage, in scope: String, at path: [Int32]) throws(UnpackError)
    -> SchemaMessage
  {
    let name = qualified(proto, in: scope)
    let fields = try list(2, of: proto, at: path) { item, path throws(UnpackError) in
      try field(item, in: name, at: path)
    }
    let synthetic = Set(fields.filter(\.isProto3Optional).compactMap(\.oneofIndex))
    let oneofs = try list(8, of: proto, at: path) { item, path throws(UnpackError) in
      SchemaOneof(
        name: item.string(1) ?? "", isSynthetic: synthetic.contains(Int(path.last ?? 0)),
        comments: comments[path])
    }
    if let stray = fields.first(where: { $0.oneofIndex.map { !oneofs.indices.contains($0) } ?? false }) {
      throw .malformed(
        message: "FileDescriptorProto", reason: "\(stray.fullName) is in a oneof that is not there")
    }
    let options = proto.message(7)
    return SchemaMessage(
      name: proto.string(1) ?? "", fullName: name, fields: fields, oneofs: oneofs,
      messages: try list(3, of: proto, at: path) { item, path throws(UnpackError) in
        try message(item, in: name, at: path)
      },
      enums: try list(4, of: proto, at: path) { item, path throws(UnpackError) in
        enumeration(item, in: name, at: path)
      },
      extensions: try list(6, of: proto, at: path) { item, path throws(UnpackError) in
        try field(item, in: name, at: path)
      },
      extensionRanges: ranges(5, of: proto, endIsInside: false),
      reservedRanges: ranges(9, of: proto, endIsInside: false), reservedNames: proto.strings(10),
      isMapEntry: options?.bool(7) ?? false, isDeprecated: options?.bool(3) ?? false,
      comments: comments[path])
  }

  private func field(_ proto: UnpackedMessage, in scope: String, at path: [Int32]) throws(UnpackError)
    -> SchemaField
  {
    let name = proto.string(1) ?? ""
    let fullName = qualified(proto, in: scope)
    guard let kind = SchemaKind(rawValue: proto.int32(5) ?? 0), let number = proto.int32(3),
      (1...0x1FFF_FFFF).contains(number)
    else {
      throw .malformed(message: "FileDescriptorProto", reason: "\(fullName) has no valid type and number")
    }
    let label = SchemaLabel(rawValue: proto.int32(4) ?? 1) ?? .optional
    let options = proto.message(8)
    let oneof = proto.int32(9).map(Int.init)
    let packable = label == .repeated && kind.isPackable
    return SchemaField(
      name: name, fullName: fullName, number: number,
      jsonName: proto.string(10) ?? SchemaField.jsonName(name),
      label: label, kind: kind, typeName: proto.string(6).map(Self.absolute), oneofIndex: oneof,
      isProto3Optional: proto.bool(17) ?? false,
      isPacked: packable && (options?.bool(2) ?? (syntax != .proto2)), packedOption: options?.bool(2),
      hasPresence: label != .repeated && (kind == .message || oneof != nil || syntax != .proto3),
      defaultValue: proto.string(7), extendee: proto.string(2).map(Self.absolute),
      isDeprecated: options?.bool(3) ?? false, comments: comments[path])
  }

  private func enumeration(_ proto: UnpackedMessage, in scope: String, at path: [Int32]) -> SchemaEnum {
    let options = proto.message(3)
    let values = proto.messages(2).enumerated().map { index, value in
      SchemaEnumValue(
        name: value.string(1) ?? "", number: value.int32(2) ?? 0,
        isDeprecated: value.message(3)?.bool(1) ?? false, comments: comments[path + [2, Int32(index)]])
    }
    return SchemaEnum(
      name: proto.string(1) ?? "", fullName: qualified(proto, in: scope), values: values,
      allowsAlias: options?.bool(2) ?? false, reservedRanges: ranges(4, of: proto, endIsInside: true),
      reservedNames: proto.strings(5), isDeprecated: options?.bool(3) ?? false, comments: comments[path])
  }

  private func service(_ proto: UnpackedMessage, in scope: String, at path: [Int32]) -> SchemaService {
    let name = qualified(proto, in: scope)
    let methods = proto.messages(2).enumerated().map { index, method in
      let options = method.message(4)
      return SchemaMethod(
        name: method.string(1) ?? "", fullName: qualified(method, in: name),
        inputType: Self.absolute(method.string(2) ?? ""), outputType: Self.absolute(method.string(3) ?? ""),
        isClientStreaming: method.bool(5) ?? false, isServerStreaming: method.bool(6) ?? false,
        idempotency: SchemaIdempotency(rawValue: options?.int32(34) ?? 0) ?? .unknown,
        isDeprecated: options?.bool(33) ?? false, comments: comments[path + [2, Int32(index)]])
    }
    return SchemaService(
      name: proto.string(1) ?? "", fullName: name, methods: methods,
      isDeprecated: proto.message(3)?.bool(33) ?? false, comments: comments[path])
  }

  private func list<T>(
    _ number: Int32, of parent: UnpackedMessage, at path: [Int32],
    body: (UnpackedMessage, [Int32]) throws(UnpackError) -> T
  ) throws(UnpackError) -> [T] {
    var result: [T] = []
    for (index, item) in parent.messages(number).enumerated() {
      result.append(try body(item, path + [number, Int32(index)]))
    }
    return result
  }

  /// Ranges that make no sense are left out: they only serve `describe`.
  private func ranges(_ number: Int32, of parent: UnpackedMessage, endIsInside: Bool) -> [ClosedRange<Int32>]
  {
    parent.messages(number).compactMap { range in
      let start = range.int32(1) ?? 0
      let end = (range.int32(2) ?? 0) &- (endIsInside ? 0 : 1)
      return start <= end ? start...end : nil
    }
  }

  private func qualified(_ proto: UnpackedMessage, in scope: String) -> String {
    let name = proto.string(1) ?? ""
    return scope.isEmpty ? name : scope + "." + name
  }

  private static func absolute(_ name: String) -> String {
    name.hasPrefix(".") ? String(name.dropFirst()) : name
  }
}
