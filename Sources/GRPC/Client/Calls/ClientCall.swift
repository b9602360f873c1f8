import EventLoop
import HTTP2
import Wire

/// One call across its attempts: waits for a connection, opens a stream, and begins again with another one
/// where ``RetryMachine`` says so. The timer is the call's deadline. Confined to its channel's loop.
final class ClientCall: LoopTimer, @unchecked Sendable {
  private enum State {
    /// Waits for a connection or for the end of a back-off.
    case opening
    case live(ClientStream)
    /// Ended without a stream that could tell how.
    case failed(RPCError)
  }

  let channel: Channel
  let options: CallOptions
  private let path: String
  private let deadline: Instant?
  private var state = State.opening
  private var retries: RetryMachine
  private var subchannel: Subchannel?
  private var request = RequestBuffer()
  private var isRequestFinished = false
  /// Those who wait for an attempt to begin.
  private var waiting: [UnsafeContinuation<Void, Never>] = []
  private lazy var pause = ClosureTimer { [weak self] in self?.open() }

  private var loop: EventLoop { channel.loop }

  init(_ channel: Channel, path: String, _ options: CallOptions) {
    self.channel = channel
    self.path = path
    self.options = options
    deadline = options.timeout.map { .now + $0 }
    retries = RetryMachine(options.retryPolicy ?? channel.configuration.retryPolicy)
    super.init()
  }

  func start() {
    channel.callStarted()
    if let deadline { loop.schedule(self, at: deadline) }
    open()
  }

  // MARK: Attempts

  /// Opens a stream on a connection; waits when there is none.
  func open() {
    guard case .opening = state else { return }
    let left = deadline.map { $0 - .now }
    if let left, left <= .zero { return fire() }
    while let subchannel = channel.subchannels.pick() {
      let head = channel.head(
        path, to: subchannel.endpoint, options: options, timeout: left,
        previousAttempts: retries.previousAttempts)
      let stream = ClientStream(self)
      guard subchannel.open(stream, head: head) else { continue }
      self.subchannel = subchannel
      state = .live(stream)
      for chunk in request.chunks { stream.send(chunk) }
      if isRequestFinished { stream.finishWriting() }
      if retries.isCommitted { forgetRequest() }
      return wakeWaiting()
    }
    channel.subchannels.wait(self)
  }

  /// There is no connection for a call that does not wait for one.
  func unreachable(_ error: RPCError) {
    guard case .opening = state else { return }
    if !retry(.status(error.code, .none)) { finish(error) }
  }

  /// The head of the answer has come.
  func answerBegun() {
    _ = retries.handle(.answerBegun, throttle: &channel.retryThrottle)
    forgetRequest()
  }

  /// An attempt is over. Returns whether another one follows.
  func ended(_ end: RetryMachine.End) -> Bool {
    subchannel?.callEnded(well: end == .ok)
    subchannel = nil
    if retry(end) { return true }
    conclude(well: end == .ok)
    return false
  }

  private func retry(_ end: RetryMachine.End) -> Bool {
    // Drawing lots is a system call, which calls that end well do without.
    let random = end == .ok ? 0 : Double.random(in: -1...1)
    let action = retries.handle(.ended(end), throttle: &channel.retryThrottle, random: random)
    guard case .retry(let delay) = action else { return false }
    state = .opening
    // Not at once: this may be in the middle of a connection's end.
    if delay > .zero { loop.schedule(pause, after: delay) } else { loop.execute { self.open() } }
    return true
  }

  // MARK: The end

  /// The deadline has passed.
  override func fire() {
    guard case .opening = state else {
      return fail(RPCError(.deadlineExceeded, "the deadline passed before the call was answered"))
    }
    let what = retries.previousAttempts > 0 ? "the call could be tried again" : "there was a connection"
    let why = channel.subchannels.lastFailure.map { " (\($0))" } ?? ""
    fail(RPCError(.deadlineExceeded, "the deadline passed before \(what)\(why)"))
  }

  /// Ends the call from this side; does nothing when it is over.
  func fail(_ error: RPCError) {
    switch state {
    case .opening:
      channel.subchannels.stopWaiting(self)
      finish(error)
    case .live(let stream): stream.fail(error)
    case .failed: return
    }
  }

  private func finish(_ error: RPCError) {
    state = .failed(error)
    loop.cancel(pause)
    conclude(well: false)
    wakeWaiting()
  }

  private func conclude(well: Bool) {
    loop.cancel(self)
    forgetRequest()
    channel.callEnded(well: well)
  }

  // MARK: What the caller does

  /// Sends a framed message, suspending while the server reads too slowly.
  func write(_ chunk: OutboundChunk) async throws(RPCError) {
    if case .live(let stream) = state { try stream.checkWritable() }
    if case .failed(let error) = state { throw error }
    keep(chunk)
    if case .live(let stream) = state { stream.send(chunk) }
    try await onAttempt { stream async throws(RPCError) in try await stream.waitUntilTaken() }
  }

  func finishWriting() {
    isRequestFinished = true
    if case .live(let stream) = state { stream.finishWriting() }
  }

  func next<Response: Message>(_: Response.Type) async throws(RPCError) -> Response? {
    try await onAttempt { stream async throws(RPCError) in try await stream.next(Response.self) }
  }

  func only<Response: Message>(_: Response.Type) async throws(RPCError) -> Response {
    try await onAttempt { stream async throws(RPCError) in try await stream.only(Response.self) }
  }

  func headers() async throws(RPCError) -> Metadata {
    try await onAttempt { stream async throws(RPCError) in try await stream.waitForHead() } ?? [:]
  }

  var trailers: Metadata { if case .live(let stream) = state { stream.trailing } else { [:] } }

  /// The message read last had come compressed.
  var wasAnswerCompressed: Bool {
    if case .live(let stream) = state { stream.wasAnswerCompressed } else { false }
  }

  /// Waits until the call has a stream.
  func opened() async throws(RPCError) { _ = try await current() }

  /// Does `body` with the stream there is, and again with the one that replaces it.
  private func onAttempt<T>(
    _ body: (ClientStream) async throws(RPCError) -> T
  ) async throws(RPCError) -> T {
    while true {
      let stream = try await current()
      do throws(RPCError) {
        let result = try await body(stream)
        if !stream.isSuperseded { return result }
      } catch {
        if !stream.isSuperseded { throw error }
      }
    }
  }

  private func current() async throws(RPCError) -> ClientStream {
    while true {
      switch state {
      case .live(let stream): return stream
      case .failed(let error): throw error
      case .opening: await waitToOpen()
      }
    }
  }

  private func waitToOpen() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        waiting.append(continuation)
        if Task.isCancelled { cancelled() }
      }
    } onCancel: {
      loop.execute { self.cancelled() }
    }
  }

  private func cancelled() {
    guard case .opening = state else { return }
    fail(RPCError(.cancelled, "the caller's task was cancelled"))
  }

  private func wakeWaiting() {
    let continuations = waiting
    waiting = []
    for continuation in continuations { continuation.resume() }
  }

  // MARK: The request, for another attempt

  private func keep(_ chunk: OutboundChunk) {
    if retries.isCommitted, case .live = state { return }
    request.append(chunk)
    channel.retryBytes += chunk.count
    if retries.isCommitted { return }
    if request.size > channel.configuration.retryBufferSize
      || channel.retryBytes > channel.configuration.retryBufferTotal
    {
      _ = retries.handle(.outgrown, throttle: &channel.retryThrottle)
      if case .live = state { forgetRequest() }
    }
  }

  private func forgetRequest() {
    channel.retryBytes -= request.size
    request.removeAll()
  }
}
