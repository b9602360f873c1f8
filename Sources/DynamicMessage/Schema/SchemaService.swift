/// A service.
package struct SchemaService: Sendable, Hashable {
  package var name: String
  /// `cairn.v1.ContextService`
  package var fullName: String
  package var methods: [SchemaMethod]
  package var isDeprecated: Bool
  package var comments: SchemaComments
}

/// A method of a service.
package struct SchemaMethod: Sendable, Hashable {
  package var name: String
  /// `cairn.v1.ContextService.GetContext`
  package var fullName: String
  /// Full names of the message types.
  package var inputType: String
  package var outputType: String
  package var isClientStreaming: Bool
  package var isServerStreaming: Bool
  package var idempotency: SchemaIdempotency
  package var isDeprecated: Bool
  package var comments: SchemaComments
}

/// Option `idempotency_level` of a method, with the numbers of descriptor.proto.
package enum SchemaIdempotency: Int32, Sendable, Hashable {
  case unknown = 0
  case noSideEffects = 1
  case idempotent = 2
}
