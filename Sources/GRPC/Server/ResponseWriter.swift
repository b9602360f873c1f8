import Wire

/// Where a streaming handler puts its messages.
///
/// Confined to the call's loop, and not `Sendable`: a task that would write elsewhere does not compile.
package struct ResponseWriter<Response: Message> {
  private let stream: ServerStream

  init(_ stream: ServerStream) { self.stream = stream }

  /// Queues one message, suspending while the client reads too slowly.
  ///
  /// - Throws: CANCELLED when the call has ended, RESOURCE_EXHAUSTED above the send limit.
  /// - Parameter compress: False sends this one message as it is in a call whose answers are compressed.
  package func write(_ message: Response, compress: Bool = true) async throws(RPCError) {
    try await stream.write(message, compress: compress)
  }
}

@available(*, unavailable, message: "a call is confined to its loop; see CallContext.alongside")
extension ResponseWriter: Sendable {}
