/// A `.proto` file, as its `FileDescriptorProto` describes it.
///
/// The `Schema…` types are the plain model that code generation and `describe` work on. Names of types are
/// absolute without a leading dot (`cairn.v1.Context`).
package struct SchemaFile: Sendable, Hashable {
  /// Path as imports name it, e.g. `cairn/v1/contexts.proto`.
  package var name: String
  /// Empty when the file has none.
  package var package: String
  package var syntax: SchemaSyntax
  /// Files that this one imports, by name.
  package var dependencies: [String]
  /// Those of `dependencies` that are imported with `import public`.
  package var publicDependencies: [String]
  package var messages: [SchemaMessage]
  package var enums: [SchemaEnum]
  package var services: [SchemaService]
  /// Extensions declared at the top of the file.
  package var extensions: [SchemaField]
  /// Option `swift_prefix`; nil when the file does not set it, which is not the same as an empty one.
  package var swiftPrefix: String?
  package var isDeprecated: Bool
  /// Comments of the `syntax` statement, where a file's own comment stands.
  package var syntaxComments: SchemaComments
  package var packageComments: SchemaComments
  /// The bytes of the `FileDescriptorProto` itself, exactly as they came.
  package var serialized: [UInt8]
}

/// Dialect of a `.proto` file.
package enum SchemaSyntax: Sendable, Hashable {
  case proto2
  case proto3
  /// An edition by its number, e.g. 1000 for 2023.
  case edition(Int32)
}
