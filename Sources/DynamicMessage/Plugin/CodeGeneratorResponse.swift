/// What a plugin answers to protoc on its standard output.
///
/// It always says that the plugin knows proto3 `optional`.
package struct CodeGeneratorResponse: Sendable {
  package struct File: Sendable {
    /// Path below protoc's output folder.
    package var name: String
    package var content: String

    package init(name: String, content: String) {
      self.name = name
      self.content = content
    }
  }

  /// What is wrong with the `.proto` files; protoc prints it and fails. Nil when all is well.
  package var error: String?
  package var files: [File]

  package init(files: [File] = [], error: String? = nil) {
    self.files = files
    self.error = error
  }

  /// `FEATURE_PROTO3_OPTIONAL` of plugin.proto.
  private static let supportedFeatures: UInt64 = 1

  package func serializedBytes() -> [UInt8] {
    let descriptors = DescriptorShapes.descriptors
    var arena = PackArena(descriptors)
    let root = arena.message("CodeGeneratorResponse")
    if let error { arena.set(1, of: root, string: error) }
    arena.set(2, of: root, uint64: Self.supportedFeatures)
    arena.set(
      15, of: root,
      messages: files.map { file in
        let item = arena.message("File")
        arena.set(1, of: item, string: file.name)
        arena.set(15, of: item, string: file.content)
        return item
      })
    return arena.pack(root)
  }
}
