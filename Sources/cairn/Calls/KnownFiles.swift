import CairnAPI
import DynamicMessage
import StandardProtos
import StandardServices
import Wire

/// Files that this program has anyway: protobuf's well-known types, google.rpc, and Cairn's own.
enum KnownFiles {
  static let all: [SchemaFile] = {
    var names: Set<String> = []
    var files: [SchemaFile] = []
    func add(_ file: ProtoFile) {
      guard names.insert(file.name).inserted else { return }
      file.dependencies.forEach(add)
      if let schema = try? SchemaFile(bytes: file.serialized) { files.append(schema) }
    }
    (StandardFiles.all + StandardServiceFiles.all + CairnFiles.all).forEach(add)
    return files
  }()

  /// Types of error details.
  static let pool = try? DescriptorPool(files: all)
}
