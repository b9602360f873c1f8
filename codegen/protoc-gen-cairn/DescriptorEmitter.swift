import DynamicMessage
import Wire

/// The constant with the file's own descriptor, for reflection.
struct DescriptorEmitter {
  private let file: SchemaFile
  private let catalog: TypeCatalog

  init(_ file: SchemaFile, catalog: TypeCatalog) {
    self.file = file
    self.catalog = catalog
  }

  func emit(into source: inout SourceText) {
    source.line("/// `\(file.name)` itself, for reflection.")
    source.block("package enum \(catalog.descriptorName(of: file.name))") { source in
      emitFile(named: "file", into: &source)
      for name in included { emitIncluded(name, into: &source) }
    }
  }

  private func emitFile(named name: String, into source: inout SourceText) {
    source.line("package static let \(name) = Wire.ProtoFile(")
    source.indented { source in
      source.line("name: \(SourceText.literal(file.name)),")
      source.line("base64: \"\"\"")
      source.indented { source in
        var text = Base64.encode(Self.withoutSourceInfo(file.serialized))[...]
        while !text.isEmpty {
          source.line(String(text.prefix(96)))
          text = text.dropFirst(96)
        }
        source.line("\"\"\",")
      }
      source.line("dependencies: [\(file.dependencies.map(reference).joined(separator: ", "))])")
    }
  }

  /// A file without generated code stands with those that import it.
  private func emitIncluded(_ name: String, into source: inout SourceText) {
    guard let included = catalog.files[name] else { return }
    source.line()
    source.line("/// `\(name)`, for which no code is generated.")
    DescriptorEmitter(included, catalog: catalog).emitFile(
      named: SwiftNames.includedName(of: name), into: &source)
  }

  /// Files that this one needs and that have no code of their own, directly or through such files.
  private var included: [String] {
    var found: [String] = []
    var open = file.dependencies
    while let name = open.popLast() {
      guard isIncluded(name), !found.contains(name) else { continue }
      found.append(name)
      open += catalog.files[name]?.dependencies ?? []
    }
    return found.sorted()
  }

  /// The constant of a dependency.
  private func reference(_ name: String) -> String {
    if let constant = WellKnownTypes.descriptor(of: name) { return constant }
    return isIncluded(name)
      ? SwiftNames.includedName(of: name) : catalog.descriptorName(of: name) + ".file"
  }

  private func isIncluded(_ name: String) -> Bool {
    WellKnownTypes.descriptor(of: name) == nil && catalog.files[name].map { $0.syntax != .proto3 } ?? false
  }

  /// Comments and positions are most of a descriptor and nothing that a client asks for.
  private static func withoutSourceInfo(_ descriptor: [UInt8]) -> [UInt8] {
    let sourceCodeInfo: UInt32 = 9
    return descriptor.withUnsafeBytes { bytes in
      var kept = UnknownFields()
      var reader = WireReader(bytes)
      while let tag = try? reader.nextTag(), tag != 0 {
        if tag == WireType.bytes.tag(sourceCodeInfo) {
          guard (try? reader.skip(tag)) != nil else { break }
        } else {
          guard (try? reader.unknown(tag, into: &kept)) != nil else { break }
        }
      }
      return kept.bytes
    }
  }
}
