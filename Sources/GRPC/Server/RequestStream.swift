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
        return try ServerStream.decode(
          frame.isCompressed ? await stream.inflate(frame.payload) : frame.payload)
      }
      try stream.checkAlive()
      if stream.machine.isRequestEnded { return nil }
      await stream.waitToRead()
    }
  }
}
