import EventLoop
import HTTP2
import Wire

/// A client's way to one server: connects when the first call needs it, and again after a loss.
/// Usable from any task; its connection lives on `loop`. ``close()`` it after use: until then the
/// connection keeps it.
package final class Channel: HTTP2ConnectionOwner, @unchecked Sendable {
  /// `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
  package let target: String
  package let loop: EventLoop
  let security: ChannelSecurity?

  private let resolver: BlockingPool
  private let buffers = TransportBuffers()
  private var framer = MessageFramer()
  private let compression: MessageCompression
  private var connection: HTTP2Connection?
  private var retiring: [HTTP2Connection] = []
  private var connecting: Task<Result<HTTP2Connection, RPCError>, Never>?
  private var isClosed = false
  private var http2 = HTTP2Configuration()

  /// - Parameter security: How TLS is done; without it the connection is in plaintext.
  package init(
    _ target: String, on loop: EventLoop, security: ChannelSecurity? = nil,
    resolver: BlockingPool = BlockingPool(threads: 1),
    keepalive: ClientKeepalive? = nil
  ) {
    self.security = security
    self.target = target
    http2.keepaliveTime = keepalive?.time
    http2.keepaliveTimeout = keepalive?.timeout ?? http2.keepaliveTimeout
    http2.keepaliveWithoutStreams = keepalive?.withoutCalls ?? false
    self.loop = loop
    self.resolver = resolver
    compression = MessageCompression(loop: loop, pool: resolver)
  }

  /// Silence after which the server is asked; grows when the server finds that too often.
  var keepaliveTime: Duration? {
    get async { await loop.run { [self] () async in http2.keepaliveTime } }
  }

  /// Closes the connection; calls under way end with UNAVAILABLE.
  package func close() async {
    await loop.run { [self] () async in
      isClosed = true
      connection?.close()
      for connection in retiring { connection.close() }
      connection = nil
    }
  }

  // MARK: The four kinds of call

  package func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, options: CallOptions = .init()
  ) async throws(RPCError) -> Response {
    try await loop.run { [self] () async throws(RPCError) -> Response in
      let call = try await begin(method, options)
      try await send(request, on: call)
      return try await call.stream.only(Response.self)
    }
  }

  package func serverStreaming<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, options: CallOptions = .init()
  ) async throws(RPCError) -> ResponseStream<Response> {
    try await loop.run { [self] () async throws(RPCError) in
      let call = try await begin(method, options)
      try await send(request, on: call)
      return ResponseStream(call: call)
    }
  }

  package func clientStreaming<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, options: CallOptions = .init()
  ) async throws(RPCError) -> ClientStreamingCall<Request, Response> {
    try await loop.run { [self] () async throws(RPCError) in
      ClientStreamingCall(call: try await begin(method, options))
    }
  }

  package func bidirectional<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, options: CallOptions = .init()
  ) async throws(RPCError) -> BidirectionalCall<Request, Response> {
    try await loop.run { [self] () async throws(RPCError) in
      BidirectionalCall(call: try await begin(method, options))
    }
  }

  /// The request of a call that has one; a status that comes before it was written is reported by
  /// the read that follows.
  private func send(_ request: some Message, on call: ClientCall) async throws(RPCError) {
    try await call.stream.write(frame(request, call.options))
    call.stream.finishWriting()
  }

  func frame(
    _ message: some Message, _ options: CallOptions, compress: Bool = true
  ) async throws(RPCError) -> [UInt8] {
    let framed = try framer.frame(message, limit: options.maxSendMessageSize)
    return options.compression == .gzip && compress ? await compression.compress(framed) : framed
  }

  private func begin<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, _ options: CallOptions
  ) async throws(RPCError) -> ClientCall {
    let due = options.timeout.map { Instant.now + $0 }
    let connection = try await connected()
    let stream = ClientStream(loop: loop, options: options, compression: compression)
    let left = due.map { $0 - .now }
    if let left, left <= .zero { throw RPCError(.deadlineExceeded, "the deadline passed while connecting") }
    guard connection.open(stream, head: head(method.path, options, left)) else {
      throw RPCError(.unavailable, "the connection to \(target) takes no more calls")
    }
    if let due { loop.schedule(stream, at: due) }
    return ClientCall(stream, self, options)
  }

  private func head(_ path: String, _ options: CallOptions, _ timeout: Duration?) -> HeaderBlock {
    var block = HeaderBlock()
    block.append(":method", "POST")
    block.append(":scheme", security == nil ? "http" : "https")
    block.append(":path", path)
    block.append(":authority", security?.serverName ?? (target.hasPrefix("unix:") ? "localhost" : target))
    block.append("te", "trailers")
    block.append("content-type", "application/grpc")
    block.append("user-agent", "grpc-swift-cairn")
    if let timeout { block.append("grpc-timeout", Timeout.format(timeout)) }
    if options.compression != .identity { block.append("grpc-encoding", options.compression.rawValue) }
    block.append("grpc-accept-encoding", Compression.accepted)
    options.metadata.forEach { block.append($0, $1) }
    return block
  }

  // MARK: The connection

  private func connected() async throws(RPCError) -> HTTP2Connection {
    if let connection, !connection.isClosed { return connection }
    if isClosed { throw RPCError(.unavailable, "the channel to \(target) is closed") }
    let attempt =
      connecting
      ?? Task(executorPreference: loop) { [self] in
        defer { connecting = nil }
        do throws(RPCError) { return .success(try await connect()) } catch { return .failure(error) }
      }
    connecting = attempt
    return try await attempt.value.get()
  }

  private func connect() async throws(RPCError) -> HTTP2Connection {
    do throws(SocketError) {
      let target = target
      let addresses = try await resolver.run(on: loop) { () throws(SocketError) in
        try SocketAddress.resolve(target)
      }
      let (descriptor, address) = try await connect(toFirstOf: addresses)
      let transport = try await secured(descriptor, address)
      let connection = HTTP2Connection(
        .client, transport, peer: address, loop: loop, buffers: buffers,
        configuration: http2, owner: self)
      self.connection = connection
      connection.start()
      return connection
    } catch {
      throw RPCError(.unavailable, "\(error)")
    }
  }

  private func connect(toFirstOf addresses: [SocketAddress]) async throws(SocketError) -> (
    Int32, SocketAddress
  ) {
    var failure = SocketError(address: target, problem: "the name has no addresses")
    for address in addresses {
      do throws(SocketError) {
        return (try await Socket.connect(to: address, on: loop), address)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  package func makeStream(on connection: HTTP2Connection) -> HTTP2Stream {
    preconditionFailure("a server cannot open streams: push is off")
  }

  /// New calls go to a new connection; those under way end on the old one.
  package func goAwayReceived(on connection: HTTP2Connection) {
    // gRFC A8: a client that asked too often asks half as often from then on.
    if connection.isToldToPingLess { http2.keepaliveTime = http2.keepaliveTime.map { $0 * 2 } }
    guard self.connection === connection else { return }
    self.connection = nil
    if connection.streamCount > 0 { retiring.append(connection) } else { connection.close() }
  }

  package func connectionClosed(_ connection: HTTP2Connection) {
    if self.connection === connection { self.connection = nil }
    retiring.removeAll { $0 === connection }
  }
}
