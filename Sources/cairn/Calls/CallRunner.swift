import DynamicMessage
import GRPC
import Wire

/// How a call from the command line can fail.
enum CallFailure: Error {
  /// Before or beside the call: a request that cannot be read, an answer that cannot be printed.
  case input(InputError)
  case status(RPCError)
}

/// Makes one call of any of the four kinds: requests from the input, answers to standard output.
struct CallRunner: Sendable {
  let session: ClientSession
  let target: CallTarget
  let input: MessageInput
  /// Of a single answer; those of a stream are one line each.
  let style: JSONPrinter.Style
  let json: ProtoJSONOptions
  let isVerbose: Bool

  private typealias Raw = RawMessage

  func run() async throws(CallFailure) {
    switch target.descriptor.kind {
    case .unary: try await unary()
    case .serverStreaming: try await serverStreaming()
    case .clientStreaming: try await clientStreaming()
    case .bidirectional: try await bidirectional()
    }
  }

  /// Also a unary call is made as a stream, so that the metadata of its answer can be shown.
  private func unary() async throws(CallFailure) {
    let request = try await onlyRequest()
    let call = try await status { () throws(RPCError) in
      try await session.channel.serverStreaming(
        target.descriptor, request, options: session.options.callOptions)
    }
    try await show(headers: call.headers)
    let answer = try await status { () throws(RPCError) in try await call.next() }
    guard let answer else {
      throw .status(RPCError(.internal, "the server answered OK without a message"))
    }
    let text = try text(answer, style)
    guard try await status({ () throws(RPCError) in try await call.next() }) == nil else {
      throw .status(RPCError(.internal, "the server sent a second message; the method has one"))
    }
    Output.line(text)
    await show(trailers: call.trailers)
  }

  private func serverStreaming() async throws(CallFailure) {
    let request = try await onlyRequest()
    let call = try await status { () throws(RPCError) in
      try await session.channel.serverStreaming(
        target.descriptor, request, options: session.options.callOptions)
    }
    try await show(headers: call.headers)
    while let answer = try await status({ () throws(RPCError) in try await call.next() }) {
      Output.line(try text(answer, .compact))
    }
    await show(trailers: call.trailers)
  }

  private func clientStreaming() async throws(CallFailure) {
    let call = try await status { () throws(RPCError) in
      try await session.channel.clientStreaming(target.descriptor, options: session.options.callOptions)
    }
    try await send { request throws(RPCError) in try await call.write(request) }
    let answer = try await status { () throws(RPCError) in try await call.finish() }
    Output.line(try text(answer, style))
    await show(trailers: call.trailers)
  }

  private func bidirectional() async throws(CallFailure) {
    let call = try await status { () throws(RPCError) in
      try await session.channel.bidirectional(target.descriptor, options: session.options.callOptions)
    }
    async let sent = result { () throws(CallFailure) in
      do throws(CallFailure) {
        try await send { request throws(RPCError) in try await call.write(request) }
      } catch {
        // Nothing follows: the server must not wait for more, nor we for it.
        await call.cancel()
        throw error
      }
      await call.finishWriting()
    }
    let received = await result { () throws(CallFailure) in
      while let answer = try await status({ () throws(RPCError) in try await call.next() }) {
        Output.line(try text(answer, .compact))
      }
    }
    // When the server has ended the call, requests that could still come are of no interest.
    if case .failure(.status(let error)) = received, error.code != .cancelled { throw .status(error) }
    if case .success = received {
      await show(trailers: call.trailers)
      return
    }
    try await sent.get()
    try received.get()
  }

  // MARK: Requests

  private func onlyRequest() async throws(CallFailure) -> RawMessage {
    guard let request = try await nextRequest() else {
      throw .input(InputError("there is no request; `{}` is an empty one"))
    }
    guard try await nextRequest() == nil else {
      throw .input(InputError("\(target.method.name) takes one request; there are more"))
    }
    return request
  }

  private func send(_ write: (RawMessage) async throws(RPCError) -> Void) async throws(CallFailure) {
    while let request = try await nextRequest() {
      try await status { () throws(RPCError) in try await write(request) }
    }
  }

  private func nextRequest() async throws(CallFailure) -> RawMessage? {
    do throws(InputError) {
      guard let message = try await input.next() else { return nil }
      do throws(UnpackError) {
        return RawMessage(bytes: try message.serializedBytes())
      } catch {
        throw InputError("\(error)")
      }
    } catch {
      throw .input(error)
    }
  }

  // MARK: Answers

  private func text(_ answer: RawMessage, _ style: JSONPrinter.Style) throws(CallFailure) -> String {
    let message: DynamicMessage
    do throws(UnpackError) {
      message = try DynamicMessage(bytes: answer.bytes, type: target.output)
    } catch {
      throw .input(InputError("the answer cannot be read: \(error)"))
    }
    do throws(ProtoJSONError) {
      return try message.jsonText(style: style, options: json)
    } catch {
      throw .input(InputError("the answer has no JSON form: \(error)"))
    }
  }

  private func show(headers: () async throws(RPCError) -> Metadata) async throws(CallFailure) {
    guard isVerbose else { return }
    show("headers", try await status(headers))
  }

  private func show(trailers: () async -> Metadata) async {
    if isVerbose { show("trailers", await trailers()) }
  }

  private func show(_ title: String, _ metadata: Metadata) {
    var lines = ["\(title):"]
    metadata.forEach { lines.append("  \($0): \($1)") }
    Output.complain(lines)
  }

  // MARK: Errors

  private func status<T>(_ body: () async throws(RPCError) -> T) async throws(CallFailure) -> T {
    do throws(RPCError) {
      return try await body()
    } catch {
      throw .status(error)
    }
  }

  private func result(_ body: () async throws(CallFailure) -> Void) async -> Result<Void, CallFailure> {
    do throws(CallFailure) {
      return .success(try await body())
    } catch {
      return .failure(error)
    }
  }
}
