import Wire

/// The full names that a serialized google.protobuf.FileDescriptorProto declares: messages, fields,
/// enums, their values, services and methods.
enum FileSymbols {
  /// Field numbers of descriptor.proto that lead to names.
  private enum Kind {
    case file, message, enumeration, service, leaf

    /// What a field of this descriptor declares, by its number.
    func child(_ number: UInt32) -> Kind? {
      switch (self, number) {
      case (.file, 4), (.message, 3): .message
      case (.file, 5), (.message, 4): .enumeration
      case (.file, 6): .service
      case (.message, 2), (.enumeration, 2), (.service, 2), (.message, 8), (.file, 7): .leaf
      default: nil
      }
    }

    var nameField: UInt32 { self == .file ? 2 : 1 }
  }

  static func names(in serialized: [UInt8]) throws(WireError) -> [String] {
    var out: [String] = []
    try collect(.file, from: serialized, scope: "", into: &out)
    return out
  }

  private static func collect(
    _ kind: Kind, from bytes: [UInt8], scope: String, into out: inout [String]
  ) throws(WireError) {
    var name = ""
    var children: [(Kind, [UInt8])] = []
    for (number, value) in try fields(bytes) {
      if number == kind.nameField { name = String(decoding: value, as: UTF8.self) }
      if let child = kind.child(number) { children.append((child, value)) }
    }
    let full = scope.isEmpty || name.isEmpty ? scope + name : scope + "." + name
    if kind != .file { out.append(full) }
    for (child, value) in children {
      // The values of an enum live beside it, not inside it (descriptor.proto, EnumValueDescriptorProto).
      try collect(child, from: value, scope: kind == .enumeration ? scope : full, into: &out)
    }
  }

  /// The length-delimited fields of a message.
  private static func fields(_ bytes: [UInt8]) throws(WireError) -> [(UInt32, [UInt8])] {
    let result = bytes.withUnsafeBytes { buffer -> Result<[(UInt32, [UInt8])], WireError> in
      do throws(WireError) {
        var out: [(UInt32, [UInt8])] = []
        var reader = WireReader(buffer)
        while true {
          let tag = try reader.nextTag()
          if tag == 0 { return .success(out) }
          if tag & 7 == 2 {
            out.append((tag >> 3, try reader.read(ProtoBytes.self)))
          } else {
            try reader.skip(tag)
          }
        }
      } catch { return .failure(error) }
    }
    return try result.get()
  }
}
