import EventLoop
import HTTP2

/// What a handler may know about its call and say beside its messages. A reference: copies mean the
/// same call. Use it on the call's loop, where handlers run.
package struct CallContext: Sendable {
  private let stream: ServerStream

  package init(_ stream: ServerStream) { self.stream = stream }

  /// `/cairn.v1.ContextService/GetContext`
  package var path: String { stream.handler.path }
  package var kind: MethodKind { stream.handler.kind }
  /// What the client sent beside its messages.
  package var metadata: Metadata { Metadata(stream.head.metadata) }
  package var deadline: Instant? { stream.deadline }
  /// The client's address: `127.0.0.1:53122`.
  package var peer: String { stream.peer.description }
  /// The client by its certificate, which was verified; nil without TLS, or when it showed none.
  package var peerIdentity: PeerIdentity? { stream.peerIdentity }
  package var loop: EventLoop { stream.loop }

  /// Until the deadline; negative when it has passed; nil when there is none.
  package var timeRemaining: Duration? { deadline.map { $0 - .now } }

  /// Adds to the metadata sent after the last message.
  package func setTrailer(_ key: String, _ value: String) { stream.trailingMetadata.append(key, value) }
  package func setTrailer(_ key: String, bytes: [UInt8]) {
    stream.trailingMetadata.append(key, bytes: bytes)
  }

  /// Adds to the metadata sent before the first message.
  package func setHeader(_ key: String, _ value: String) { stream.responseMetadata.append(key, value) }
  package func setHeader(_ key: String, bytes: [UInt8]) {
    stream.responseMetadata.append(key, bytes: bytes)
  }

  /// Has the answers of this call packed with gzip. Call it before the first message or
  /// ``sendHeaders(_:)``; a message that would not get smaller goes out as it is.
  ///
  /// - Returns: Whether answers are compressed: not when the client does not take gzip.
  @discardableResult
  package func compressAnswers() -> Bool { stream.compressAnswers() }

  /// Whether the request message that was read last came compressed.
  package var wasRequestCompressed: Bool { stream.wasRequestCompressed }

  /// Sends `metadata` and what was set before now instead of with the first message.
  package func sendHeaders(_ metadata: Metadata = [:]) {
    stream.responseMetadata.append(metadata)
    stream.perform(stream.machine.handle(.headWanted))
  }
}
