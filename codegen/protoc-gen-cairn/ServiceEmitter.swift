import DynamicMessage

/// What a service becomes: the protocol that a server implements, its method descriptors, and the client.
struct ServiceEmitter {
  private let service: SchemaService
  private let file: SchemaFile
  private let catalog: TypeCatalog
  private let swiftName: String

  init(_ service: SchemaService, file: SchemaFile, catalog: TypeCatalog) {
    self.service = service
    self.file = file
    self.catalog = catalog
    let prefix = file.swiftPrefix ?? SwiftNames.upperCamel(file.package)
    swiftName = prefix + service.name
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
    source.block("package protocol \(swiftName)Provider: RPCService") { source in
      for (index, method) in service.methods.enumerated() {
        if index > 0 { source.line() }
        source.doc(method.comments, isDeprecated: method.isDeprecated)
        let requests =
          method.isClientStreaming
          ? "_ requests: RequestStream<\(input(method))>" : "_ request: \(input(method))"
        let responses = method.isServerStreaming ? ", _ responses: ResponseWriter<\(output(method))>" : ""
        let result = method.isServerStreaming ? "" : " -> \(output(method))"
        source.line("func \(name(method))(")
        source.line("  \(requests)\(responses), _ call: CallContext")
        source.line(") async throws(RPCError)\(result)")
      }
    }
  }

  private func emitRegistration(into source: inout SourceText) {
    source.block("extension \(swiftName)Provider") { source in
      source.block("package static var descriptor: ServiceDescriptor") { source in
        source.line("\(swiftName)Methods.service")
      }
      source.line()
      source.block("package var handlers: [RPCHandler]") { source in
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
      source.line("package static let service = ServiceDescriptor(")
      source.line(
        "  name: \(SourceText.literal(service.fullName)), file: \(SwiftNames.descriptorName(of: file.name)).file)"
      )
      for method in service.methods {
        source.line(
          "package static let \(name(method)) = MethodDescriptor<\(input(method)), \(output(method))>(")
        source.line(
          "  \(SourceText.literal(service.fullName)), \(SourceText.literal(method.name)), .\(kind(method)))")
      }
    }
  }

  private func emitClient(into source: inout SourceText) {
    source.line("/// Calls `\(service.fullName)` on a channel.")
    source.block("package struct \(swiftName)Client: Sendable") { source in
      source.line("private let channel: Channel")
      source.line()
      source.line("package init(_ channel: Channel) { self.channel = channel }")
      for method in service.methods {
        source.line()
        source.doc(method.comments, isDeprecated: method.isDeprecated)
        let request = method.isClientStreaming ? "" : "_ request: \(input(method)), "
        source.line("package func \(name(method))(")
        source.line("  \(request)options: CallOptions = .init()")
        source.block(") async throws(RPCError) -> \(clientResult(method))") { source in
          let arguments = method.isClientStreaming ? "options: options" : "request, options: options"
          source.line(
            "try await channel.\(kind(method))(\(swiftName)Methods.\(name(method)), \(arguments))")
        }
      }
    }
  }

  private func name(_ method: SchemaMethod) -> String {
    SwiftNames.member(SwiftNames.lowerCamel(method.name))
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
    case (false, true): "ResponseStream<\(output(method))>"
    case (true, false): "ClientStreamingCall<\(input(method)), \(output(method))>"
    case (true, true): "BidirectionalCall<\(input(method)), \(output(method))>"
    }
  }
}
