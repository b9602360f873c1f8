import Wire

/// The messages of a streaming request, in order; each goes to one reader.
///
/// Confined to the call's loop, and not `Sendable`: a task that would read elsewhere does not compile. A handler
/// that reads in one task while another task of the call writes uses ``CallContext/alongside(_:_:)``.
package struct RequestStream<Request: Message> {
  private let stream: ServerStream

  init(_ stream: ServerStream) { self.stream = stream }

  /// What the message that was read last takes, as it came and decoded, in bytes.
  package var messageBytes: Int { stream.usedBytes }

  /// The next message; nil when the client has sent its last.
  ///
  /// Reading is what lets the client send on: a slow handler slows only its own client. What the message before takes
  /// counts as let go of.
  /// - Throws: CANCELLED when the call has ended, INVALID_ARGUMENT for bytes that are no such message,
  ///   RESOURCE_EXHAUSTED for a message that is too large when it is inflated or decoded.
  package func next() async throws(RPCError) -> Request? {
    stream.letGoOfMessage()
    while true {
      if let frame = stream.takeToUse() {
        stream.wasRequestCompressed = frame.isCompressed
        if !frame.isCompressed {
          var message = Request()
          if try stream.decodeHere(frame.payload, into: &message) { return message }
        }
        return try await large(frame)
      }
      try stream.checkAlive()
      if stream.machine.isRequestEnded { return nil }
      if stream.isInHandlerTask { await stream.waitToReadUncancelled() } else { await stream.waitToRead() }
    }
  }

  // Not inlined: few messages are large or come compressed, and an open call would hold room for it.
  @inline(never) private func large(_ frame: MessageDeframer.Frame) async throws(RPCError) -> Request {
    guard frame.isCompressed else { return try await stream.decodeElsewhere(frame.payload) }
    let payload = try await stream.inflate(frame.payload)
    var message = Request()
    if try stream.decodeHere(payload, into: &message) { return message }
    return try await stream.decodeElsewhere(payload)
  }
}

@available(*, unavailable, message: "a call is confined to its loop; see CallContext.alongside")
extension RequestStream: Sendable {}
