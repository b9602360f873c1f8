import EventLoop
import HTTP2
import Wire

/// One call on the server: the HTTP/2 stream, its state machine, and the handler's task. It carries
/// out what ``ServerCallMachine`` decides. Confined to its connection's loop.
@usableFromInline package final class ServerStream: CallStream, @unchecked Sendable {
  @usableFromInline package let server: ServerLoop
  let peer: SocketAddress
  let peerIdentity: PeerIdentity?
  private(set) var head = RequestHead()
  var machine = ServerCallMachine()
  private(set) var deadline: Instant?
  private var handlerTask: Task<Void, Never>?
  /// The same, to be compared with while it runs; never used otherwise.
  private var runningTask: UnsafeCurrentTask?

  /// The request of a method that takes one, when it is not as it came.
  @usableFromInline package var inflatedRequest: [UInt8]?
  /// The framed answer of a method that gives one, held until its interceptors are through.
  @usableFromInline package var onlyResponse: OutboundChunk?

  /// Answers are packed with gzip; told in the head.
  private(set) var compressesAnswers = false
  /// The message taken last had come compressed.
  var wasRequestCompressed = false

  var responseMetadata = Metadata()
  var trailingMetadata = Metadata()

  init(server: ServerLoop, connection: HTTP2Connection) {
    self.server = server
    peer = connection.peer
    peerIdentity = connection.peerIdentity
    super.init(
      loop: server.loop, maxReceiveMessageSize: server.configuration.maxReceiveMessageSize)
  }

  var handler: RPCHandler { server.table.handlers[head.handler!] }

  // MARK: What the peer says

  package override func receivedHeader(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    guard machine.isOpening else { return true }
    if name.equals(":path") {
      head.receive(path: value, handler: server.table.index(of: value))
    } else {
      head.receive(name: name, value: value, maxListSize: server.configuration.maxMetadataSize)
    }
    // A list a little above the limit is answered with a status; one of four times the limit is not read to its end.
    return head.listSize <= 4 * server.configuration.maxMetadataSize
  }

  package override func receivedHeaders(endOfStream: Bool) {
    guard machine.isOpening else { return }
    switch head.refusal(
      maxListSize: server.configuration.maxMetadataSize, knows: { server.table.knows(service: $0) })
    {
    case .http(let answer): return perform(machine.handle(.notGRPC(answer, endOfStream ? .ended : .open)))
    case .status(let error): return fail(error)
    case nil: break
    }
    if let timeout = head.timeout {
      let deadline = loop.now + timeout
      self.deadline = deadline
      if timeout == .zero { return fire() }
      loop.schedule(self, at: deadline)
    }
    if server.configuration.compression == .gzip { compressAnswers() }
    perform(machine.handle(.head(takes: handler.takesOneRequest ? .one : .many)))
  }

  package override func receivedData(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard machine.readsRequest else { return true }
    if let refusal = refusal(toHold: bytes.count) {
      fail(refusal)
      return true
    }
    do throws(RPCError) { try receive(bytes) } catch { fail(error) }
    return !hasMessage || handler.takesOneRequest
  }

  override func received(_ frame: MessageDeframer.Frame) {
    if frame.isCompressed {
      guard head.encoding != .identity else {
        return fail(.protocolViolated("a message is marked compressed but grpc-encoding is identity"))
      }
      wasRequestCompressed = true
    }
    perform(machine.handle(.message))
  }

  package override func receivedEnd() {
    perform(machine.handle(.requestEnded(midMessage: isMidMessage)))
  }

  package override func closed(_ reason: StreamEnd) {
    let action = machine.handle(.closed)
    dropMessages()
    loop.cancel(self)
    wakeReader()
    wakeWriter()
    perform(action)
    server.callEnded()
  }

  package override func outboundDrained() {
    super.outboundDrained()
    perform(machine.handle(.outboundDrained))
  }

  package override func roomForAnswerCame() { wakeWriter() }

  /// The deadline has passed.
  package override func fire() { fail(.deadlinePassed) }

  // MARK: What is done about it

  /// - Parameter error: What the call ends with, if it does.
  func perform(_ action: ServerCallMachine.Action, error: RPCError? = nil) {
    switch action {
    case .none: return
    case .admit: admit()
    case .startHandler: startHandler()
    case .wakeReader: wakeReader()
    case .sendHead: if let error = sendHead() { fail(error) }
    case .finish(let response): end(with: error ?? refusalOfAnswer, after: response)
    case .fail(let response): end(with: error, after: response, cancel: true)
    case .failProtocol(let breach, let response): end(with: breach.error, after: response, cancel: true)
    case .answerPlainly(let answer): self.answer(plainly: answer)
    case .cancelHandler: handlerTask?.cancel()
    }
  }

  /// Has the answers packed with gzip from now on, if the client takes that and the head is not out yet.
  @discardableResult
  func compressAnswers() -> Bool {
    if head.acceptsGzip, machine.isHeadDue { compressesAnswers = true }
    return compressesAnswers
  }

  /// Lets the handler begin when there is room for its answer.
  private func admit() {
    if let connection {
      if !connection.loopAdmits(0) { return fail(.serverIsFull) }
      if connection.held.isQueueTight { return awaitRoom() }
    }
    perform(machine.handle(.admitted))
  }

  private func startHandler() {
    // As startTask does, without its closure around this one: an open call holds the frames of both.
    loop.assertOnLoop()
    let task = Task.immediate(executorPreference: loop) { [self] in await run() }
    switch machine.state {
    case .running: handlerTask = task
    // The call ended before the handler first waited.
    case .abandoned: task.cancel()
    default: break
    }
  }

  /// Whether the current task is the handler's own and not one that the handler has started. Only the call cancels that
  /// task, and it wakes the task, too: so the task waits without a cancellation handler, which would take 256 bytes of
  /// each open call.
  var isInHandlerTask: Bool { withUnsafeCurrentTask { $0 == runningTask } }

  private func run() async {
    handlerBegins()
    var failure: RPCError?
    do throws(RPCError) {
      try await server.interceptors.run(CallContext(self)) { () async throws(RPCError) in
        // Only now: the request of a call that an interceptor refuses is not inflated.
        if wasRequestCompressed, handler.takesOneRequest { try await inflateRequest() }
        try await handler.serve(self)
      }
    } catch {
      failure = error
    }
    if compressesAnswers, failure == nil { await compressAnswer() }
    handlerEnded(failure)
  }

  // Not inlined: an open call would hold room for what they keep.

  @inline(never) private func handlerBegins() {
    runningTask = withUnsafeCurrentTask { $0 }
    workBegins()
  }

  @inline(never) private func handlerEnded(_ failure: RPCError?) {
    (handlerTask, runningTask) = (nil, nil)
    inflatedRequest = nil
    letGoOfMessage()
    workEnded()
    perform(machine.handle(.handlerEnded), error: failure)
    answerMade(size: failure == nil ? onlyResponse?.count : nil)
  }

  @inline(never) private func inflateRequest() async throws(RPCError) {
    guard let frame = takeToUse() else { throw .callEnded }
    inflatedRequest = try await inflate(frame.payload)
  }

  /// The bytes of the request of a method that takes one, inflated; nil when the call has ended.
  @usableFromInline package func takeRequest() -> [UInt8]? { inflatedRequest.take() ?? takeToUse()?.payload }

  @inline(never) private func compressAnswer() async {
    guard let framed = onlyResponse else { return }
    onlyResponse = await server.compression.compress(framed, for: connection?.number ?? 0)
  }

  /// Ends the call from outside its handler.
  func fail(_ error: RPCError) { perform(machine.handle(.failed), error: error) }

  private func end(
    with failure: RPCError?, after response: ServerCallMachine.Response, cancel: Bool = false
  ) {
    loop.cancel(self)
    dropMessages()
    wakeReader()
    if let failure { answer(failure, after: response) } else { answerOK(after: response) }
    wakeWriter()
    if cancel { handlerTask.take()?.cancel() }
  }
}
