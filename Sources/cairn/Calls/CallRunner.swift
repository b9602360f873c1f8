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
  /// Tells what happens; nil to be quiet.
  let trace: CallTrace?
  /// What failed of answers that came.
  let failedItems = FailedItems()

  private var callOptions: CallOptions { session.options.callOptions }

  func run() async throws(CallFailure) {
    do throws(CallFailure) {
      switch target.descriptor.kind {
      case .unary: try await unary()
      case .serverStreaming: try await serverStreaming()
      case .clientStreaming: try await clientStreaming()
      case .bidirectional: try await bidirectional()
      }
    } catch {
      if case .status(let status) = error { trace?.ended(status.code, trailers: status.metadata) }
      throw error
    }
  }

  /// Also a unary call is made as a stream, so that the metadata of its answer can be shown.
  private func unary() async throws(CallFailure) {
    let call = try await streaming()
    let answer = try await status { () throws(RPCError) in try await call.next() }
    guard let answer else {
      throw .status(RPCError(.internal, "the server answered OK without a message"))
    }
    let text = try text(answer, style: style)
    guard try await status({ () throws(RPCError) in try await call.next() }) == nil else {
      throw .status(RPCError(.internal, "the server sent a second message; the method has one"))
    }
    Output.line(text)
    trace?.ended(.ok, trailers: await call.trailers())
  }

  private func serverStreaming() async throws(CallFailure) {
    let call = try await streaming()
    while let answer = try await status({ () throws(RPCError) in try await call.next() }) {
      Output.line(try text(answer, style: .compact))
    }
    trace?.ended(.ok, trailers: await call.trailers())
  }

  /// A call with one request, when its answer has begun.
  private func streaming() async throws(CallFailure) -> ResponseStream<RawMessage> {
    let request = try await onlyRequest()
    begin()
    let call = try await status { () throws(RPCError) in
      try await session.channel.serverStreaming(target.descriptor, request, options: callOptions)
    }
    trace?.sentMessage(request.bytes.count)
    try await show(headers: call.headers)
    return call
  }

  private func clientStreaming() async throws(CallFailure) {
    begin()
    let call = try await status { () throws(RPCError) in
      try await session.channel.clientStreaming(target.descriptor, options: callOptions)
    }
    try await send { request throws(RPCError) in try await call.write(request) }
    let answer = try await status { () throws(RPCError) in try await call.finish() }
    try await show(headers: call.headers)
    Output.line(try text(answer, style: style))
    trace?.ended(.ok, trailers: await call.trailers())
  }

  private func bidirectional() async throws(CallFailure) {
    begin()
    let call = try await status { () throws(RPCError) in
      try await session.channel.bidirectional(target.descriptor, options: callOptions)
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
      try await show(headers: call.headers)
      while let answer = try await status({ () throws(RPCError) in try await call.next() }) {
        Output.line(try text(answer, style: .compact))
      }
    }
    // When the server has ended the call, requests that could still come are of no interest.
    if case .failure(.status(let error)) = received, error.code != .cancelled { throw .status(error) }
    if case .success = received {
      trace?.ended(.ok, trailers: await call.trailers())
      return
    }
    try await sent.get()
    try received.get()
  }

  private func begin() {
    trace?.begin(target.descriptor.path, at: session.options.address, metadata: callOptions.metadata)
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
      trace?.sentMessage(request.bytes.count)
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

  private func text(_ answer: RawMessage, style: JSONPrinter.Style) throws(CallFailure) -> String {
    trace?.receivedMessage(answer.bytes.count)
    let message: DynamicMessage
    do throws(UnpackError) {
      message = try DynamicMessage(bytes: answer.bytes, type: target.output)
    } catch {
      throw .input(InputError("the answer cannot be read: \(error)"))
    }
    failedItems.look(at: message)
    do throws(ProtoJSONError) {
      return try message.jsonText(style: style, options: json)
    } catch {
      throw .input(InputError("the answer has no JSON form: \(error)"))
    }
  }

  private func show(headers: () async throws(RPCError) -> Metadata) async throws(CallFailure) {
    guard let trace else { return }
    trace.receivedHeaders(try await status(headers))
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
