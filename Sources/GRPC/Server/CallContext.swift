import EventLoop
import HTTP2

/// What a handler may know about its call and say beside its messages. A reference: copies mean the
/// same call.
///
/// Confined to the call's loop, where handlers run, and not `Sendable`: to use it in a task of another executor does not
/// compile. Copy out what such a task needs, its ``deadline`` for one.
@usableFromInline package struct CallContext {
  private let stream: ServerStream

  @usableFromInline package init(_ stream: ServerStream) { self.stream = stream }

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
  /// Tells the client's connection from all others of the process: whose turn it is where calls wait for each other.
  package var connection: Int64 { stream.connectionNumber }

  /// Until the deadline; negative when it has passed; nil when there is none.
  package var timeRemaining: Duration? { deadline.map { $0 - .now } }

  /// Adds to the metadata sent after the last message.
  ///
  /// - Throws: INTERNAL for a key or a value that metadata cannot have; see ``Metadata``.
  package func setTrailer(_ key: String, _ value: String) throws(RPCError) {
    try stream.trailingMetadata.add([key: value])
  }
  package func setTrailer(_ key: String, bytes: [UInt8]) throws(RPCError) {
    try stream.trailingMetadata.add(Metadata(key, bytes: bytes))
  }

  /// Adds to the metadata sent before the first message.
  ///
  /// - Throws: INTERNAL for a key or a value that metadata cannot have; see ``Metadata``.
  package func setHeader(_ key: String, _ value: String) throws(RPCError) {
    try stream.responseMetadata.add([key: value])
  }
  package func setHeader(_ key: String, bytes: [UInt8]) throws(RPCError) {
    try stream.responseMetadata.add(Metadata(key, bytes: bytes))
  }

  /// Has the answers of this call packed with gzip. Call it before the first message or
  /// ``sendHeaders()``; a message that would not get smaller goes out as it is.
  ///
  /// - Returns: Whether answers are compressed: not when the client does not take gzip.
  @discardableResult
  package func compressAnswers() -> Bool { stream.compressAnswers() }

  /// Whether the request message that was read last came compressed.
  package var wasRequestCompressed: Bool { stream.wasRequestCompressed }

  /// Suspends a call with one answer while the client of its connection leaves so much untaken that there may be no
  /// room for another one. To be called before what costs others something, such as a look-up, and ends by itself: what
  /// waits for a row or for another call would keep the others of its connection waiting.
  ///
  /// - Throws: CANCELLED when the call has ended.
  package func roomForAnswer() async throws(RPCError) {
    guard stream.handler.kind.answersOnce, !stream.beginAnswer() else { return }
    try await stream.awaitRoomForAnswer()
  }

  /// Sends what was set for the head now instead of with the first message.
  package func sendHeaders() { stream.perform(stream.machine.handle(.headWanted)) }

  /// Runs `side` in a child task while `body` runs: how a handler reads its requests while it answers others. Both run on
  /// the call's loop. When `body` throws, `side` is cancelled; this returns when both have ended.
  package func alongside<T>(
    _ side: @escaping () async -> Void, _ body: () async throws(RPCError) -> T
  ) async throws(RPCError) -> T {
    loop.assertOnLoop()
    let side = Confined(side, to: loop)
    // A child task inherits its parent's executor.
    async let ended: Void = side.onLoop()
    let result = try await body()
    await ended
    return result
  }

  /// ``alongside(_:_:)`` where `body` says when the call ends: `side` is cancelled then, however `body` ended.
  package func listening<T>(
    _ side: @escaping () async -> Void, while body: () async throws(RPCError) -> T
  ) async throws(RPCError) -> T {
    loop.assertOnLoop()
    let side = Confined(side, to: loop)
    // What is not awaited is cancelled, and waited for, at the end of its scope.
    async let _: Void = side.onLoop()
    return try await body()
  }
}

@available(*, unavailable, message: "a call is confined to its loop; copy what another task needs")
extension CallContext: Sendable {}
