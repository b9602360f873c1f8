import GRPC

/// grpc.reflection.v1: tools learn the API from the server and need no protos.
package struct ReflectionService: GrpcReflectionV1ServerReflectionProvider {
  package typealias Request = GrpcReflectionV1ServerReflectionRequest
  package typealias Response = GrpcReflectionV1ServerReflectionResponse

  private let index: ReflectionIndex

  package init(_ index: ReflectionIndex) { self.index = index }

  package func serverReflectionInfo(
    _ requests: RequestStream<Request>, _ responses: ResponseWriter<Response>, _ call: CallContext
  ) async throws(RPCError) {
    while let request = try await requests.next() { try await responses.write(response(to: request)) }
  }

  func response(to request: Request) -> Response {
    var response = Response()
    response.validHost = request.host
    response.originalRequest = request
    response.messageResponse = answer(request)
    return response
  }

  private func answer(_ request: Request) -> Response.MessageResponse {
    switch request.messageRequest {
    case .listServices: return .listServicesResponse(services())
    case .fileByFilename(let name): return files(index.file(named: name), orElse: "no file \(name)")
    case .fileContainingSymbol(let symbol):
      return files(index.file(declaring: symbol), orElse: "no symbol \(symbol)")
    case .fileContainingExtension(let request):
      return Self.error(
        .notFound, message: "no extension \(request.extensionNumber) of \(request.containingType)")
    case .allExtensionNumbersOfType(let type):
      guard index.file(declaring: type) != nil else {
        return Self.error(.notFound, message: "no type \(type)")
      }
      var numbers = GrpcReflectionV1ExtensionNumberResponse()
      numbers.baseTypeName = type
      return .allExtensionNumbersResponse(numbers)
    case nil: return Self.error(.invalidArgument, message: "the request asks nothing")
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
  private func files(_ file: ReflectionIndex.File?, orElse problem: String) -> Response.MessageResponse {
    guard let file else { return Self.error(.notFound, message: problem) }
    var response = GrpcReflectionV1FileDescriptorResponse()
    response.fileDescriptorProto = index.closure(of: file)
    return .fileDescriptorResponse(response)
  }

  private static func error(_ code: StatusCode, message: String) -> Response.MessageResponse {
    var response = GrpcReflectionV1ErrorResponse()
    response.errorCode = code.rawValue
    response.errorMessage = message
    return .errorResponse(response)
  }
}
