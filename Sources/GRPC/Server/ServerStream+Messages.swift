import HTTP2
import Wire

// The messages of a call, as its handler reads and writes them.
extension ServerStream {
  /// The request of a method that takes one.
  @inlinable package func onlyRequest<Request: Message>(_: Request.Type) throws(RPCError) -> Request {
    try Self.decode(takeMessage() ?? [])
  }

  /// Keeps the answer until the handler and its interceptors are through.
  @inlinable package func setOnlyResponse(_ message: some Message) throws(RPCError) {
    onlyResponse = try server.frame(message)
  }

  /// The next message of a streaming request; nil at its end.
  func nextRequest<Request: Message>(_: Request.Type) async throws(RPCError) -> Request? {
    while true {
      if let bytes = takeMessage() { return try Self.decode(bytes) }
      try checkAlive()
      if machine.isRequestEnded { return nil }
      await waitToRead()
    }
  }

  func write(_ message: some Message) async throws(RPCError) {
    try checkAlive()
    let chunk = try server.frame(message)
    perform(machine.handle(.headWanted))
    write(chunk)
    if mustWait { await waitToWrite() }
    try checkAlive()
  }

  private func checkAlive() throws(RPCError) {
    if machine.isClosed || machine.response == .answered || Task.isCancelled {
      throw RPCError(.cancelled, "the call has ended")
    }
  }

  @inlinable package static func decode<Request: Message>(_ bytes: [UInt8]) throws(RPCError) -> Request {
    do throws(WireError) { return try Request(decoding: bytes) } catch {
      throw .malformed(Request.messageName, error)
    }
  }
}
