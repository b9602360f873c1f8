import HTTP2
import Wire

// The messages of a call, as its handler reads and writes them.
extension ServerStream {
  /// The request of a method that takes one.
  @inlinable package func onlyRequest<Request: Message>(_: Request.Type) throws(RPCError) -> Request {
    // It is gone when the call has ended, by its deadline for one, while interceptors were at work.
    guard let frame = takeMessage() else { throw .callEnded }
    return try Self.decode(frame.payload)
  }

  /// Keeps the answer until the handler and its interceptors are through.
  @inlinable package func setOnlyResponse(_ message: some Message) throws(RPCError) {
    onlyResponse = try server.frame(message)
  }

  /// - Parameter compress: False for a message that goes out as it is in a call that compresses.
  func write(_ message: some Message, compress: Bool) async throws(RPCError) {
    try checkAlive()
    var chunk = try server.frame(message)
    if compressesAnswers, compress {
      chunk = await server.compression.compress(chunk)
      try checkAlive()
    }
    while !admitsQueued(chunk.count) {
      awaitRoom()
      await waitToWrite()
      try checkAlive()
    }
    if connection?.loopAdmits(chunk.count) == false { throw .serverIsFull }
    perform(machine.handle(.headWanted))
    writeMessage(chunk)
    while mustWait {
      await waitToWrite()
      try checkAlive()
    }
    try checkAlive()
  }

  func inflate(_ payload: [UInt8]) async throws(RPCError) -> [UInt8] {
    try await server.compression.inflate(payload, limit: server.configuration.maxReceiveMessageSize)
  }

  func checkAlive() throws(RPCError) {
    if machine.isClosed || machine.response == .answered || Task.isCancelled {
      throw .callEnded
    }
  }

  @inlinable package static func decode<Request: Message>(_ bytes: [UInt8]) throws(RPCError) -> Request {
    do throws(WireError) { return try Request(decoding: bytes) } catch {
      throw .malformed(Request.messageName, error)
    }
  }
}
