import EventLoop
import HTTP2
import Wire

/// What a call's stream does on both sides: cut bytes into messages, keep those that nobody has read
/// yet, and hold the tasks that wait for more of them or for room to write. Confined to `loop`.
@usableFromInline package class CallStream: HTTP2Stream, @unchecked Sendable {
  package let loop: EventLoop
  private var deframer: MessageDeframer
  private var messages: [MessageDeframer.Frame] = []
  private var nextMessage = 0
  private var isReceiving = false
  private var readers = Waiters()
  private var writers = Waiters()

  /// Bytes that may be written ahead of the network before the writer is made to wait.
  private static let highWater = 64 << 10

  init(loop: EventLoop, maxReceiveMessageSize: Int) {
    self.loop = loop
    deframer = MessageDeframer(limit: maxReceiveMessageSize)
    super.init()
  }

  // MARK: Reading

  final var isMidMessage: Bool { deframer.isMidMessage }
  final var hasMessage: Bool { nextMessage < messages.count }

  /// Cuts `bytes` into messages; each is announced to ``received(_:)`` after it was kept.
  final func receive(_ bytes: UnsafeRawBufferPointer) throws(RPCError) {
    hold(bytes.count)
    isReceiving = true
    defer {
      isReceiving = false
      // Nothing is held of what has just come: the messages were dropped meanwhile.
      if heldBytes == 0 { deframer.reset() }
    }
    do throws(MessageDeframer.Failure) {
      try deframer.receive(bytes) { frame in
        messages.append(frame)
        connection?.activity.receivedMessage(at: loop.now)
        received(frame)
      }
    } catch {
      throw Self.error(for: error)
    }
  }

  /// A message has come; for subclasses.
  func received(_ frame: MessageDeframer.Frame) {}

  /// The oldest message that was not taken. Taking the last one lets the peer send on.
  ///
  /// - Parameter use: Counts it as what a handler works on. Before it is let go of as received: otherwise those that
  ///   wait for room would all find it.
  package final func takeMessage(toUse use: Bool = false) -> MessageDeframer.Frame? {
    guard hasMessage else { return nil }
    let frame = messages[nextMessage]
    if use { self.use(frame.payload.count) }
    messages[nextMessage].payload = []
    nextMessage += 1
    if nextMessage == messages.count {
      messages.removeAll(keepingCapacity: true)
      nextMessage = 0
      returnWindow()
    }
    // After a stream has ended nothing of it is counted any more.
    letGo(min(heldBytes, frame.payload.count + MessageDeframer.prefixSize))
    return frame
  }

  final func dropMessages() {
    messages = []
    nextMessage = 0
    if !isReceiving { deframer.reset() }
    letGo(heldBytes)
  }

  private static func error(for failure: MessageDeframer.Failure) -> RPCError {
    switch failure {
    case .tooLarge(let size, let limit):
      .messageTooLarge(size: size, limit: limit)
    case .invalidFlag(let flag):
      .protocolViolated("a message begins with the flag \(flag); 0 and 1 are allowed")
    }
  }

  // MARK: Waiting

  final func wakeReader() { readers.wake() }
  final func wakeWriter() { writers.wake() }

  public override func outboundDrained() { wakeWriter() }

  /// Suspends until ``wakeReader()``, which the code that cancels the task calls, too. Inlined, because a silent open
  /// call waits here and keeps all its frames.
  @inline(__always) final func waitToReadUncancelled() async {
    await withUnsafeContinuation { continuation in
      if Task.isCancelled { continuation.resume() } else { readers.add(continuation) }
    }
  }

  /// Suspends until ``wakeReader()``, or until the task is cancelled.
  @inline(never) final func waitToRead() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if Task.isCancelled { continuation.resume() } else { readers.add(continuation) }
      }
    } onCancel: {
      loop.execute { self.wakeReader() }
    }
  }

  /// Queues one framed message.
  final func writeMessage(_ framed: OutboundChunk) {
    connection?.activity.sentMessage(at: loop.now)
    write(framed)
  }

  final var mustWait: Bool { bufferedBytes > Self.highWater && isOpen }

  /// Suspends until the network has taken most of what was written, or until the task is cancelled.
  final func waitToWrite() async {
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        if Task.isCancelled { continuation.resume() } else { writers.add(continuation) }
      }
    } onCancel: {
      loop.execute { self.wakeWriter() }
    }
  }
}
