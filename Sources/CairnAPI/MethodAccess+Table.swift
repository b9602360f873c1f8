import Wire

extension MethodAccess {
  /// What each method of `cairn.v1` does, by its path (`/cairn.v1.ContextService/GetContext`), as the option `access` in
  /// the protos says. Interceptors look here.
  package static let table: [String: MethodAccess] = {
    var table: [String: MethodAccess] = [:]
    for file in CairnFiles.all {
      do throws(WireError) {
        try table.add(methodsOf: file)
      } catch {
        preconditionFailure("the descriptor of \(file.name) is broken: \(error)")
      }
    }
    return table
  }()

  /// The number of the extension of google.protobuf.MethodOptions.
  private static let option: UInt32 = 51960

  fileprivate init?(ofMethod options: [UInt8]) throws(WireError) {
    guard let access = try options.nested(in: Self.option).first else { return nil }
    try self.init(decoding: access)
  }
}

extension [String: MethodAccess] {
  /// Numbers of fields as in google/protobuf/descriptor.proto.
  fileprivate mutating func add(methodsOf file: ProtoFile) throws(WireError) {
    let package = try file.serialized.name(in: 2)
    for service in try file.serialized.nested(in: 6) {
      let name = try service.name(in: 1)
      for method in try service.nested(in: 2) {
        guard let options = try method.nested(in: 4).first else { continue }
        self["/\(package).\(name)/\(try method.name(in: 1))"] = try MethodAccess(ofMethod: options)
      }
    }
  }
}

extension [UInt8] {
  /// The contents of the length-delimited fields of a serialized message that have this number, in order.
  fileprivate func nested(in number: UInt32) throws(WireError) -> [[UInt8]] {
    let found = withUnsafeBytes { bytes -> Result<[[UInt8]], WireError> in
      do throws(WireError) {
        var found: [[UInt8]] = []
        var reader = WireReader(bytes)
        while true {
          let tag = try reader.nextTag()
          if tag == 0 { return .success(found) }
          if tag == WireType.bytes.tag(number) {
            found.append(try reader.read(ProtoBytes.self))
          } else {
            try reader.skip(tag)
          }
        }
      } catch { return .failure(error) }
    }
    return try found.get()
  }

  fileprivate func name(in number: UInt32) throws(WireError) -> String {
    String(decoding: try nested(in: number).first ?? [], as: UTF8.self)
  }
}
