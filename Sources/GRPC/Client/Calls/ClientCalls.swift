import Wire

/// Keeps a call open while there is a reference to it, and cancels the call when the last one is gone. Usable from any
/// task.
final class ClientCallHandle: Sendable {
  private let call: ClientCall
  private var channel: Channel { call.channel }

  init(_ call: ClientCall) { self.call = call }

  deinit {
    let call = call
    call.channel.loop.execute { call.letGo() }
  }

  func write(_ message: some Message, compress: Bool) async throws(RPCError) {
    try await channel.loop.run { [self] () async throws(RPCError) in
      try await call.write(channel.frame(message, options: call.options, compress: compress))
    }
  }

  func finishWriting() async { await channel.loop.run { [self] () async in call.finishWriting() } }

  func next<Response: Message>(_: Response.Type) async throws(RPCError) -> Response? {
    try await channel.loop.run { [self] () async throws(RPCError) in try await call.next(Response.self) }
  }

  func only<Response: Message>(_: Response.Type) async throws(RPCError) -> Response {
    try await channel.loop.run { [self] () async throws(RPCError) in try await call.only(Response.self) }
  }

  /// Waits for the head of the answer.
  func headers() async throws(RPCError) -> Metadata {
    try await channel.loop.run { [self] () async throws(RPCError) in try await call.headers() }
  }

  func trailers() async -> Metadata { await channel.loop.run { [self] () async in call.trailers } }

  var wasAnswerCompressed: Bool {
    get async { await channel.loop.run { [self] () async in call.wasAnswerCompressed } }
  }

  func cancel() async {
    await channel.loop.run { [self] () async in
      call.fail(RPCError(.cancelled, "the caller cancelled"))
    }
  }
}

extension ClientCall {
  /// Nobody listens any more.
  func letGo() { fail(RPCError(.cancelled, "the caller let go of the call")) }
}

/// The messages a server streams; each goes to one reader.
package struct ResponseStream<Response: Message>: Sendable {
  let call: ClientCallHandle

  /// The next message; nil after the last, when the call ended well. Throws the call's status.
  package func next() async throws(RPCError) -> Response? { try await call.next(Response.self) }
  /// The metadata sent ahead of the first message.
  package func headers() async throws(RPCError) -> Metadata { try await call.headers() }
  /// The metadata sent with the status; empty before.
  package func trailers() async -> Metadata { await call.trailers() }
  /// Whether the message that was read last came compressed.
  package var wasAnswerCompressed: Bool { get async { await call.wasAnswerCompressed } }
  package func cancel() async { await call.cancel() }
}

/// A call that sends many messages and receives one.
package struct ClientStreamingCall<Request: Message, Response: Message>: Sendable {
  let call: ClientCallHandle

  /// Sends one message, suspending while the server reads too slowly.
  ///
  /// - Parameter compress: False sends this one message as it is in a call with a compression.
  package func write(_ message: Request, compress: Bool = true) async throws(RPCError) {
    try await call.write(message, compress: compress)
  }
  /// Ends the request and waits for the answer.
  package func finish() async throws(RPCError) -> Response {
    await call.finishWriting()
    return try await call.only(Response.self)
  }
  package func headers() async throws(RPCError) -> Metadata { try await call.headers() }
  package func trailers() async -> Metadata { await call.trailers() }
  package func cancel() async { await call.cancel() }
}

/// A call that sends and receives many messages. One task may write while another reads.
package struct BidirectionalCall<Request: Message, Response: Message>: Sendable {
  let call: ClientCallHandle

  /// Sends one message, suspending while the server reads too slowly.
  ///
  /// - Parameter compress: False sends this one message as it is in a call with a compression.
  package func write(_ message: Request, compress: Bool = true) async throws(RPCError) {
    try await call.write(message, compress: compress)
  }
  /// Says that no more messages follow; the server may still send.
  package func finishWriting() async { await call.finishWriting() }
  package func next() async throws(RPCError) -> Response? { try await call.next(Response.self) }
  package func headers() async throws(RPCError) -> Metadata { try await call.headers() }
  package func trailers() async -> Metadata { await call.trailers() }
  package func cancel() async { await call.cancel() }
}
