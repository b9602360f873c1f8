import DynamicMessage
import Wire

/// The constant with the file's own descriptor, for reflection.
struct DescriptorEmitter {
  private let file: SchemaFile

  init(_ file: SchemaFile) { self.file = file }

  func emit(into source: inout SourceText) {
    source.line("/// `\(file.name)` itself, for reflection.")
    source.block("package enum \(SwiftNames.descriptorName(of: file.name))") { source in
      source.line("package static let file = ProtoFile(")
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
        source.line("dependencies: [\(dependencies.joined(separator: ", "))])")
      }
    }
  }

  private var dependencies: [String] {
    file.dependencies.map {
      WellKnownTypes.descriptor(of: $0) ?? SwiftNames.descriptorName(of: $0) + ".file"
    }
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
