import Wire

/// A method and the code that serves it, with the types of its messages erased.
@usableFromInline package final class RPCHandler: Sendable {
  package let path: String
  package let kind: MethodKind
  /// Serves one call, as a task of the stream's loop.
  let serve: @Sendable (ServerStream) async throws(RPCError) -> Void
  /// Whether the handler waits for the one request message of the call.
  let takesOneRequest: Bool

  @usableFromInline package init(
    path: String, kind: MethodKind,
    serve: @escaping @Sendable (ServerStream) async throws(RPCError) -> Void
  ) {
    self.path = path
    self.kind = kind
    self.serve = serve
    takesOneRequest = kind == .unary || kind == .serverStreaming
  }

  @inlinable package static func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ body: @escaping @Sendable (Request, CallContext) async throws(RPCError) -> Response
  ) -> RPCHandler {
    RPCHandler(path: method.path, kind: .unary) { stream throws(RPCError) in
      var request = Request()
      if try !stream.readRequestHere(into: &request) {
        request = try await stream.requestElsewhere(Request.self)
      }
      let response = try await body(request, CallContext(stream))
      try stream.setOnlyResponse(response)
    }
  }

  package static func serverStreaming<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ body:
      @escaping @Sendable (Request, ResponseWriter<Response>, CallContext) async throws(RPCError) -> Void
  ) -> RPCHandler {
    RPCHandler(path: method.path, kind: .serverStreaming) { stream throws(RPCError) in
      var request = Request()
      if try !stream.readRequestHere(into: &request) {
        request = try await stream.requestElsewhere(Request.self)
      }
      try await body(request, ResponseWriter(stream), CallContext(stream))
    }
  }

  package static func clientStreaming<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ body: @escaping @Sendable (RequestStream<Request>, CallContext) async throws(RPCError) -> Response
  ) -> RPCHandler {
    RPCHandler(path: method.path, kind: .clientStreaming) { stream throws(RPCError) in
      let response = try await body(RequestStream(stream), CallContext(stream))
      try stream.setOnlyResponse(response)
    }
  }

  package static func bidirectional<Request, Response>(
    _ method: MethodDescriptor<Request, Response>,
    _ body:
      @escaping @Sendable (
        RequestStream<Request>, ResponseWriter<Response>, CallContext
      ) async throws(RPCError) -> Void
  ) -> RPCHandler {
    RPCHandler(path: method.path, kind: .bidirectional) { stream throws(RPCError) in
      try await body(RequestStream(stream), ResponseWriter(stream), CallContext(stream))
    }
  }
}
