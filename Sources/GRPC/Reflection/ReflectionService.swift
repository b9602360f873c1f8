import StandardProtos

/// grpc.reflection.v1 and, message for message the same, v1alpha: tools learn the API from the
/// server and need no protos.
package struct ReflectionService: RPCService {
  package enum Version: String, Sendable { case v1, v1alpha }

  package typealias Request = GrpcReflectionV1ServerReflectionRequest
  package typealias Response = GrpcReflectionV1ServerReflectionResponse

  package static let descriptor = ServiceDescriptor(
    name: "grpc.reflection.v1.ServerReflection", file: GrpcReflectionV1ReflectionDescriptor.file)
  package static let alphaDescriptor = ServiceDescriptor(
    name: "grpc.reflection.v1alpha.ServerReflection", file: GrpcReflectionV1alphaReflectionDescriptor.file)

  private let index: ReflectionIndex

  package init(_ index: ReflectionIndex) { self.index = index }

  package static func method(_ version: Version) -> MethodDescriptor<Request, Response> {
    let service = version == .v1 ? descriptor.name : alphaDescriptor.name
    return MethodDescriptor(service, "ServerReflectionInfo", .bidirectional)
  }

  package var handlers: [RPCHandler] {
    [.bidirectional(Self.method(.v1), answerAll), .bidirectional(Self.method(.v1alpha), answerAll)]
  }

  private func answerAll(
    _ requests: RequestStream<Request>, _ responses: ResponseWriter<Response>, _ call: CallContext
  ) async throws(RPCError) {
    while let request = try await requests.next() {
      var response = Response()
      response.validHost = request.host
      response.originalRequest = request
      response.messageResponse = answer(request)
      try await responses.write(response)
    }
  }

  private func answer(_ request: Request) -> Response.MessageResponse {
    switch request.messageRequest {
    case .listServices: return .listServicesResponse(services())
    case .fileByFilename(let name): return files(index.file(named: name), "no file \(name)")
    case .fileContainingSymbol(let symbol):
      return files(index.file(declaring: symbol), "no symbol \(symbol)")
    case .fileContainingExtension(let request):
      return Self.error(.notFound, "no extension \(request.extensionNumber) of \(request.containingType)")
    case .allExtensionNumbersOfType(let type):
      guard index.file(declaring: type) != nil else { return Self.error(.notFound, "no type \(type)") }
      var numbers = GrpcReflectionV1ExtensionNumberResponse()
      numbers.baseTypeName = type
      return .allExtensionNumbersResponse(numbers)
    case nil: return Self.error(.invalidArgument, "the request asks nothing")
    }
  }

  private func services() -> GrpcReflectionV1ListServiceResponse {
    var list = GrpcReflectionV1ListServiceResponse()
    list.service = index.services.map {
      var service = GrpcReflectionV1ServiceResponse()
      service.name = $0
      return service
    }
    return list
  }

  /// The file and all it imports, so that a tool needs one question.
  private func files(_ file: ReflectionIndex.File?, _ problem: String) -> Response.MessageResponse {
    guard let file else { return Self.error(.notFound, problem) }
    var response = GrpcReflectionV1FileDescriptorResponse()
    response.fileDescriptorProto = index.closure(of: file)
    return .fileDescriptorResponse(response)
  }

  private static func error(_ code: StatusCode, _ message: String) -> Response.MessageResponse {
    var response = GrpcReflectionV1ErrorResponse()
    response.errorCode = code.rawValue
    response.errorMessage = message
    return .errorResponse(response)
  }
}
