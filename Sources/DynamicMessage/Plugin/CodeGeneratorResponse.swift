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
    if let error { arena.set(root, 1, string: error) }
    arena.set(root, 2, uint64: Self.supportedFeatures)
    arena.set(
      root, 15,
      messages: files.map { file in
        let item = arena.message("File")
        arena.set(item, 1, string: file.name)
        arena.set(item, 15, string: file.content)
        return item
      })
    return arena.pack(root)
  }
}
