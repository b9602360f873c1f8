import DynamicMessage
import GRPC
import StandardServices
import Wire

/// Asks a server for the descriptors of what it serves, by reflection v1 or, where that is missing,
/// v1alpha.
struct ReflectionClient {
  typealias Request = GrpcReflectionV1ServerReflectionRequest
  typealias Response = GrpcReflectionV1ServerReflectionResponse

  let channel: Channel
  let options: CallOptions

  /// Full names of the services, sorted.
  func services() async throws(RPCError) -> [String] {
    var session = ReflectionSession(channel, options)
    guard case .listServicesResponse(let list) = try await session.ask(.listServices("*")) else {
      throw RPCError(.internal, "the server's reflection did not answer with services")
    }
    await session.finish()
    return list.service.map(\.name).sorted()
  }

  /// The files that declare the symbols, with all they import.
  func files(declaring symbols: [String]) async throws(RPCError) -> [SchemaFile] {
    var session = ReflectionSession(channel, options)
    var files: [SchemaFile] = []
    for symbol in symbols {
      let known = files.contains { file in
        file.services.contains { $0.fullName == symbol } || file.messages.contains { $0.fullName == symbol }
      }
      if !known { try await add(.fileContainingSymbol(symbol), to: &files, session: &session) }
    }
    try await addImports(to: &files, &session)
    await session.finish()
    return files
  }

  private func addImports(to files: inout [SchemaFile], _ session: inout ReflectionSession)
    async throws(RPCError)
  {
    var missing: Set<String> = []
    while let name = files.lazy.flatMap(\.dependencies).first(where: { name in
      !missing.contains(name) && !files.contains { $0.name == name }
    }) {
      do throws(RPCError) {
        try await add(.fileByFilename(name), to: &files, session: &session)
      } catch  where error.code == .notFound {
        // Imports need not be served when everybody has them; the pool says if it cannot do without.
        if let file = KnownFiles.all.first(where: { $0.name == name }) { files.append(file) }
        missing.insert(name)
      }
    }
  }

  private func add(
    _ question: Request.MessageRequest, to files: inout [SchemaFile], session: inout ReflectionSession
  ) async throws(RPCError) {
    guard case .fileDescriptorResponse(let answer) = try await session.ask(question) else {
      throw RPCError(.internal, "the server's reflection did not answer with files")
    }
    for bytes in answer.fileDescriptorProto {
      do throws(UnpackError) {
        let file = try SchemaFile(bytes: bytes)
        if !files.contains(where: { $0.name == file.name }) { files.append(file) }
      } catch {
        throw RPCError(.internal, "the server's reflection sent a file that cannot be read: \(error)")
      }
    }
  }
}

/// One stream of questions and answers. Begins with v1 and turns to v1alpha when that is all there is.
struct ReflectionSession {
  private typealias Call = BidirectionalCall<ReflectionClient.Request, ReflectionClient.Response>

  private let channel: Channel
  private let options: CallOptions
  private enum Version {
    case v1, v1alpha

    /// The messages of v1alpha are those of v1.
    var method: MethodDescriptor<ReflectionClient.Request, ReflectionClient.Response> {
      switch self {
      case .v1: GrpcReflectionV1ServerReflectionMethods.serverReflectionInfo
      case .v1alpha:
        MethodDescriptor(
          GrpcReflectionV1alphaServerReflectionMethods._service.name, "ServerReflectionInfo", .bidirectional)
      }
    }
  }

  private var version = Version.v1
  private var call: Call?

  init(_ channel: Channel, _ options: CallOptions) {
    self.channel = channel
    self.options = options
  }

  mutating func ask(_ question: ReflectionClient.Request.MessageRequest) async throws(RPCError)
    -> ReflectionClient.Response.MessageResponse
  {
    do throws(RPCError) {
      return try await askOnce(question)
    } catch  where error.code == .unimplemented && version == .v1 {
      call = nil
      version = .v1alpha
      do throws(RPCError) {
        return try await askOnce(question)
      } catch  where error.code == .unimplemented {
        throw RPCError(.unimplemented, "the server has no reflection; give its descriptors with --protoset")
      }
    }
  }

  /// Lets the stream end in order.
  func finish() async {
    await call?.finishWriting()
    _ = try? await call?.next()
  }

  private mutating func askOnce(_ question: ReflectionClient.Request.MessageRequest) async throws(RPCError)
    -> ReflectionClient.Response.MessageResponse
  {
    var request = ReflectionClient.Request()
    request.messageRequest = question
    let current: Call
    if let call {
      current = call
    } else {
      current = try await channel.bidirectional(version.method, options: options)
    }
    call = current
    try await current.write(request)
    guard let answer = try await current.next()?.messageResponse else {
      throw RPCError(.internal, "the server's reflection ended without an answer")
    }
    if case .errorResponse(let error) = answer {
      throw RPCError(StatusCode(rawValue: error.errorCode) ?? .unknown, error.errorMessage)
    }
    return answer
  }
}
