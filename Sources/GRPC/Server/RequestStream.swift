import Wire

/// The messages of a streaming request, in order. One task reads at a time.
package struct RequestStream<Request: Message>: Sendable {
  private let stream: ServerStream

  init(_ stream: ServerStream) { self.stream = stream }

  /// The next message; nil when the client has sent its last.
  ///
  /// Reading is what lets the client send on: a slow handler slows its client, nobody else.
  /// - Throws: CANCELLED when the call has ended, INVALID_ARGUMENT for bytes that are no such message.
  package func next() async throws(RPCError) -> Request? {
    while true {
      if let frame = stream.takeMessage() {
        stream.wasRequestCompressed = frame.isCompressed
        guard frame.isCompressed else { return try ServerStream.decode(frame.payload) }
        return try await inflated(frame.payload)
      }
      try stream.checkAlive()
      if stream.machine.isRequestEnded { return nil }
      if stream.isInHandlerTask { await stream.waitToReadUncancelled() } else { await stream.waitToRead() }
    }
  }
  // Not inlined: few messages come compressed, and an open call would hold room for it.
  @inline(never) private func inflated(_ payload: [UInt8]) async throws(RPCError) -> Request {
    try ServerStream.decode(await stream.inflate(payload))
  }
}
