import EventLoop
import HTTP2
import Wire

/// One attempt of a call on the client: the HTTP/2 stream and those who wait for its messages. Confined to
/// its channel's loop.
final class ClientStream: CallStream, @unchecked Sendable {
  private var machine = CallAttemptMachine()
  /// The call; nil when this attempt is over.
  private var call: ClientCall?
  /// Another attempt has taken this one's place.
  private(set) var isSuperseded = false
  private var block = HeaderBlock()
  /// Bytes of the header list so far, counted as RFC 9113 §6.5.2 does.
  private var listSize = 0
  private var httpStatus = 0
  private(set) var head: Metadata?
  private(set) var trailing = Metadata()

  private let maxReceiveMessageSize: Int
  private let maxMetadataSize: Int
  private let compression: MessageCompression
  private var encoding: String?
  /// The message taken last had come compressed.
  private(set) var wasAnswerCompressed = false

  init(_ call: ClientCall) {
    self.call = call
    maxReceiveMessageSize = call.options.maxReceiveMessageSize
    maxMetadataSize = call.channel.configuration.maxMetadataSize
    compression = call.channel.compression
    super.init(loop: call.channel.loop, maxReceiveMessageSize: maxReceiveMessageSize)
  }

  // MARK: What the server says

  override func receivedHeader(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    listSize += name.count + value.count + 32
    guard listSize <= maxMetadataSize else {
      // What is a little above the limit is counted to its end; the rest of a bomb is not.
      if listSize > 4 * maxMetadataSize { failTooLarge() }
      return true
    }
    if name.equals(":status") {
      httpStatus = Int(String(decoding: value, as: UTF8.self)) ?? 0
    } else {
      block.append(name: name, value: value)
    }
    return true
  }

  override func receivedHeaders(endOfStream: Bool) {
    defer { (block, listSize) = (HeaderBlock(), 0) }
    guard listSize <= maxMetadataSize else { return failTooLarge() }
    if endOfStream {
      trailing = Metadata(block.withoutReserved())
      perform(machine.handle(.trailers(block, httpStatus: httpStatus)))
    } else if httpStatus >= 200 {
      head = Metadata(block.withoutReserved())
      encoding = block.first("grpc-encoding")
      call?.answerBegun()
      perform(machine.handle(.head(block, httpStatus: httpStatus)))
    }
  }

  private func failTooLarge() { fail(.receivedMetadataTooLarge(size: listSize, limit: maxMetadataSize)) }

  override func receivedData(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard !machine.isEnded else { return true }
    do throws(RPCError) { try receive(bytes) } catch { fail(error) }
    wakeReader()
    return !hasMessage
  }

  override func closed(_ reason: StreamEnd) {
    perform(machine.handle(.closed(reason)))
    wakeWriter()
  }

  func fail(_ error: RPCError) { perform(machine.handle(.failed(error))) }

  private func perform(_ action: CallAttemptMachine.Action) {
    guard action != .none else { return }
    if action == .finishAndReset { reset(HTTP2ErrorCode.cancel) }
    if let call = call.take() { isSuperseded = call.ended(machine.end) }
    wakeReader()
    wakeWriter()
  }

  // MARK: What the caller does

  /// Queues a framed message.
  func send(_ chunk: OutboundChunk) { writeMessage(chunk) }

  /// Suspends while the server reads too slowly.
  func waitUntilTaken() async throws(RPCError) {
    while mustWait, !machine.isEnded {
      await waitToWrite()
      failIfCancelled()
    }
    try checkWritable()
  }

  /// Writing to a call that has ended tells its status, as reading does.
  func checkWritable() throws(RPCError) {
    guard let outcome = machine.outcome else { return }
    try outcome.get()
    throw RPCError(.cancelled, "the server has ended the call")
  }

  func finishWriting() { finish(trailers: .none) }

  /// The next message; nil when the status is OK and all have been read.
  func next<Response: Message>(_: Response.Type) async throws(RPCError) -> Response? {
    while !hasMessage {
      if let outcome = machine.outcome {
        try outcome.get()
        return nil
      }
      await waitToRead()
      failIfCancelled()
    }
    guard let frame = takeMessage() else { return nil }
    wasAnswerCompressed = frame.isCompressed
    let bytes = frame.isCompressed ? try await inflate(frame.payload) : frame.payload
    do throws(WireError) { return try Response(decoding: bytes) } catch {
      let failure = RPCError(.internal, "the response is not a \(Response.messageName): \(error)")
      fail(failure)
      throw failure
    }
  }

  private func inflate(_ payload: [UInt8]) async throws(RPCError) -> [UInt8] {
    do throws(RPCError) {
      guard encoding == Compression.gzip.rawValue else {
        throw RPCError(
          .internal, "a message is marked compressed but grpc-encoding is \(encoding ?? "identity")")
      }
      return try await compression.inflate(payload, limit: maxReceiveMessageSize, for: 0)
    } catch {
      fail(error)
      throw error
    }
  }

  /// Waits for the head of the response; nil when there was none but trailers.
  func waitForHead() async throws(RPCError) -> Metadata? {
    while head == nil, !machine.isEnded {
      await waitToRead()
      failIfCancelled()
    }
    return head
  }

  /// The one response of a call that has one.
  func only<Response: Message>(_: Response.Type) async throws(RPCError) -> Response {
    guard let response = try await next(Response.self) else {
      throw RPCError(.unimplemented, "the server answered OK without a message; the method has one")
    }
    guard try await next(Response.self) == nil else {
      let failure = RPCError(.unimplemented, "the server sent a second message; the method has one")
      fail(failure)
      throw failure
    }
    return response
  }

  private func failIfCancelled() {
    if Task.isCancelled { fail(RPCError(.cancelled, "the caller's task was cancelled")) }
  }
}
