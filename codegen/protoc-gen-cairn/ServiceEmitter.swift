import DynamicMessage

/// What a service becomes: the protocol that a server implements, its method descriptors, and the client.
struct ServiceEmitter {
  private let service: SchemaService
  private let file: SchemaFile
  private let catalog: TypeCatalog
  private let swiftName: String
  /// Of the methods, by their names in the file.
  private var names: [String: String] = [:]

  init(_ service: SchemaService, file: SchemaFile, catalog: TypeCatalog) {
    self.service = service
    self.file = file
    self.catalog = catalog
    swiftName = catalog.serviceName(service.fullName)
    var taken: Set<String> = []
    for method in service.methods {
      var name = SwiftNames.method(SwiftNames.lowerCamel(method.name))
      while !taken.insert(name).inserted { name = name.filter { $0 != "`" } + "_" }
      names[method.name] = name
    }
  }

  func emit(into source: inout SourceText) {
    source.line()
    emitProvider(into: &source)
    source.line()
    emitRegistration(into: &source)
    source.line()
    emitMethods(into: &source)
    source.line()
    emitClient(into: &source)
  }

  private func emitProvider(into source: inout SourceText) {
    source.doc(service.comments, isDeprecated: service.isDeprecated)
    source.block("package protocol \(swiftName)Provider: GRPC.RPCService") { source in
      for (index, method) in service.methods.enumerated() {
        if index > 0 { source.line() }
        source.doc(method.comments, isDeprecated: method.isDeprecated)
        let requests =
          method.isClientStreaming
          ? "_ requests: GRPC.RequestStream<\(input(method))>" : "_ request: \(input(method))"
        let responses =
          method.isServerStreaming ? ", _ responses: GRPC.ResponseWriter<\(output(method))>" : ""
        let result = method.isServerStreaming ? "" : " -> \(output(method))"
        source.line("func \(name(method))(")
        source.line("  \(requests)\(responses), _ call: GRPC.CallContext")
        source.line(") async throws(GRPC.RPCError)\(result)")
      }
    }
  }

  private func emitRegistration(into source: inout SourceText) {
    source.block("extension \(swiftName)Provider") { source in
      source.block("package static var descriptor: GRPC.ServiceDescriptor") { source in
        source.line("\(swiftName)Methods._service")
      }
      source.line()
      source.block("package var handlers: [GRPC.RPCHandler]") { source in
        source.line("[")
        source.indented { source in
          for method in service.methods {
            source.line(".\(kind(method))(\(swiftName)Methods.\(name(method)), self.\(name(method))),")
          }
        }
        source.line("]")
      }
    }
  }

  private func emitMethods(into source: inout SourceText) {
    source.line("/// The methods of `\(service.fullName)`, for calling them and for serving them.")
    source.block("package enum \(swiftName)Methods") { source in
      source.line("package static let _service = GRPC.ServiceDescriptor(")
      source.line(
        "  name: \(SourceText.literal(service.fullName)), file: \(catalog.descriptorName(of: file.name)).file)"
      )
      for method in service.methods {
        source.line(
          "package static let \(name(method)) = GRPC.MethodDescriptor<\(input(method)), \(output(method))>(")
        source.line(
          "  \(SourceText.literal(service.fullName)), \(SourceText.literal(method.name)), .\(kind(method)))")
      }
    }
  }

  private func emitClient(into source: inout SourceText) {
    source.line("/// Calls `\(service.fullName)` on a channel.")
    source.block("package struct \(swiftName)Client: Swift.Sendable") { source in
      source.line("private let _channel: GRPC.Channel")
      source.line()
      source.line("package init(_ channel: GRPC.Channel) { self._channel = channel }")
      for method in service.methods {
        source.line()
        source.doc(method.comments, isDeprecated: method.isDeprecated)
        let request = method.isClientStreaming ? "" : "_ request: \(input(method)), "
        source.line("package func \(name(method))(")
        source.line("  \(request)options: GRPC.CallOptions = .init()")
        source.block(") async throws(GRPC.RPCError) -> \(clientResult(method))") { source in
          let arguments = method.isClientStreaming ? "options: options" : "request, options: options"
          source.line(
            "try await _channel.\(kind(method))(\(swiftName)Methods.\(name(method)), \(arguments))")
        }
      }
    }
  }

  private func name(_ method: SchemaMethod) -> String {
    names[method.name] ?? method.name
  }

  private func input(_ method: SchemaMethod) -> String { catalog.swiftName(of: method.inputType) }

  private func output(_ method: SchemaMethod) -> String { catalog.swiftName(of: method.outputType) }

  private func kind(_ method: SchemaMethod) -> String {
    switch (method.isClientStreaming, method.isServerStreaming) {
    case (false, false): "unary"
    case (false, true): "serverStreaming"
    case (true, false): "clientStreaming"
    case (true, true): "bidirectional"
    }
  }

  private func clientResult(_ method: SchemaMethod) -> String {
    switch (method.isClientStreaming, method.isServerStreaming) {
    case (false, false): output(method)
    case (false, true): "GRPC.ResponseStream<\(output(method))>"
    case (true, false): "GRPC.ClientStreamingCall<\(input(method)), \(output(method))>"
    case (true, true): "GRPC.BidirectionalCall<\(input(method)), \(output(method))>"
    }
  }
}
