import Wire

/// How many messages go which way.
@usableFromInline package enum MethodKind: Sendable, Hashable {
  case unary, serverStreaming, clientStreaming, bidirectional

  /// Whether a call has one answer.
  var answersOnce: Bool { self == .unary || self == .clientStreaming }
}

/// A method of a service with the types of its messages.
@usableFromInline package struct MethodDescriptor<Request: Message, Response: Message>: Sendable {
  /// Full name of the service: `cairn.v1.ContextService`.
  package let service: String
  package let method: String
  package let kind: MethodKind
  /// As in HTTP/2's `:path`: `/cairn.v1.ContextService/GetContext`.
  @usableFromInline package let path: String

  package init(_ service: String, _ method: String, _ kind: MethodKind) {
    self.service = service
    self.method = method
    self.kind = kind
    path = "/\(service)/\(method)"
  }
}
