import EventLoop
import HTTP2
import Wire

/// A client's way to a service: finds the addresses of its target, connects when calls need it and again
/// after a loss, shares calls out among the connections and tries again those that no server has seen.
///
/// Usable from any task; its connections live on `loop`. ``close()`` it after use, or let go of it: it goes
/// when its calls have ended.
package final class Channel: @unchecked Sendable {
  /// What was asked for; see ``ChannelTarget`` for its forms.
  package let target: String
  /// Tells it apart from all others of the process.
  package let number = EntityNumber.next()
  package let loop: EventLoop
  let configuration: ChannelConfiguration
  let compression: MessageCompression
  private let resolver: BlockingPool
  let subchannels: Subchannels
  var retryThrottle: RetryThrottle?
  /// What all calls keep of their requests.
  var retryBytes = 0

  private let scheme: String
  /// Given for all addresses; else each has its own.
  private let authority: String?
  /// Why there can be no call at all.
  private let targetError: RPCError?
  private var framer = MessageFramer()
  private var calls = CallCounts()

  /// - Parameters:
  ///   - target: `HOST:PORT`, `[IPV6]:PORT`, several of them with commas between, `dns:///HOST:PORT`,
  ///     `ipv4:…`, `ipv6:…` or `unix:PATH`. Calls of a channel with any other fail with INVALID_ARGUMENT.
  ///   - security: How TLS is done; without it the connection is in plaintext.
  ///   - resolver: Where names are looked up and large messages compressed.
  ///   - channelz: Where people may see the channel.
  package init(
    _ target: String, on loop: EventLoop, security: ChannelSecurity? = nil,
    resolver: BlockingPool = BlockingPool(threads: 1), configuration: ChannelConfiguration = .init(),
    channelz: Channelz = .ofProcess
  ) {
    self.target = target
    self.loop = loop
    self.configuration = configuration
    retryThrottle = configuration.retryThrottle
    self.resolver = resolver
    compression = MessageCompression(LargeWork(loop: loop, pool: resolver))
    scheme = security == nil ? "http" : "https"
    var parsed = ChannelTarget.nowhere
    var targetError: RPCError?
    do throws(SocketError) { parsed = try ChannelTarget(target) } catch {
      targetError = RPCError(.invalidArgument, "\(error)")
    }
    self.targetError = targetError
    authority = security?.serverName
    let connector = Connector(loop: loop, security: security, configuration)
    subchannels = Subchannels(parsed, connector, configuration, resolver: resolver)
    channelz.add(self)
  }

  /// Why `target` cannot be one; nil when it can.
  package static func objection(to target: String) -> String? {
    do throws(SocketError) {
      _ = try ChannelTarget(target)
      return nil
    } catch {
      return error.problem
    }
  }

  deinit {
    Confined(subchannels, to: loop).execute { $0.shutDown() }
  }

  /// Closes the connections; calls under way end with UNAVAILABLE.
  package func close() async {
    await loop.run { [self] () async in subchannels.shutDown() }
    resolver.endIdleThreads()
  }

  /// What there is to see of the channel now.
  package var snapshot: ChannelSnapshot {
    get async {
      await loop.run { [self] () async in
        ChannelSnapshot(
          number: number, target: target, state: subchannels.state, calls: calls,
          subchannels: subchannels.snapshots)
      }
    }
  }

  /// Silence after which the server is asked; grows when the server finds that too often.
  var keepaliveTime: Duration? {
    get async { await loop.run { [self] () async in subchannels.keepaliveTime } }
  }

  // MARK: The four kinds of call

  package func unary<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, options: CallOptions = .init()
  ) async throws(RPCError) -> Response {
    try await loop.run { [self] () async throws(RPCError) -> Response in
      let call = try begin(method, options: options)
      defer { call.letGo() }
      try await send(request, on: call)
      return try await call.only(Response.self)
    }
  }

  package func serverStreaming<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, _ request: Request, options: CallOptions = .init()
  ) async throws(RPCError) -> ResponseStream<Response> {
    try await loop.run { [self] () async throws(RPCError) in
      let call = try begin(method, options: options)
      let stream = ResponseStream<Response>(call: ClientCallHandle(call))
      try await send(request, on: call)
      return stream
    }
  }

  package func clientStreaming<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, options: CallOptions = .init()
  ) async throws(RPCError) -> ClientStreamingCall<Request, Response> {
    try await loop.run { [self] () async throws(RPCError) in
      let call = try begin(method, options: options)
      try await call.opened()
      return ClientStreamingCall(call: ClientCallHandle(call))
    }
  }

  package func bidirectional<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, options: CallOptions = .init()
  ) async throws(RPCError) -> BidirectionalCall<Request, Response> {
    try await loop.run { [self] () async throws(RPCError) in
      let call = try begin(method, options: options)
      try await call.opened()
      return BidirectionalCall(call: ClientCallHandle(call))
    }
  }

  private func begin<Request, Response>(
    _ method: MethodDescriptor<Request, Response>, options: CallOptions
  ) throws(RPCError) -> ClientCall {
    if let problem = targetError ?? options.metadata.problem { throw problem }
    let call = ClientCall(self, path: method.path, options)
    call.start()
    return call
  }

  /// The request of a call that has one; a status that comes before it was written is reported by
  /// the read that follows.
  private func send(_ request: some Message, on call: ClientCall) async throws(RPCError) {
    try await call.write(frame(request, options: call.options))
    call.finishWriting()
  }

  // MARK: For calls

  func frame(
    _ message: some Message, options: CallOptions, compress: Bool = true
  ) async throws(RPCError) -> OutboundChunk {
    let framed = try framer.frame(message, limit: options.maxSendMessageSize)
    return options.compression == .gzip && compress ? await compression.compress(framed, for: 0) : framed
  }

  func head(
    _ path: String, to endpoint: Endpoint, options: CallOptions, timeout: Duration?,
    previousAttempts: Int
  ) -> HeaderBlock {
    var block = HeaderBlock()
    block.append(":method", "POST")
    block.append(":scheme", scheme)
    block.append(":path", path)
    block.append(":authority", authority ?? endpoint.authority)
    block.append("te", "trailers")
    block.append("content-type", "application/grpc")
    block.append("user-agent", "grpc-swift-cairn")
    if let timeout { block.append("grpc-timeout", Timeout.format(timeout)) }
    if options.compression != .identity { block.append("grpc-encoding", options.compression.rawValue) }
    block.append("grpc-accept-encoding", Compression.accepted)
    if previousAttempts > 0 { block.append("grpc-previous-rpc-attempts", String(previousAttempts)) }
    options.metadata.visit { block.append($0, $1) }
    return block
  }

  func callStarted() {
    calls.started += 1
    calls.lastStart = loop.now
  }

  func callEnded(well: Bool) { if well { calls.succeeded += 1 } else { calls.failed += 1 } }
}
