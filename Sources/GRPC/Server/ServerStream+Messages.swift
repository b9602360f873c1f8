import Gzip
import HTTP2
import Wire

// The messages of a call, as its handler reads and writes them.
extension ServerStream {
  /// Reads the request of a method that takes one into an empty message. False when it is too much for this turn of
  /// the loop: then ``requestElsewhere(_:)`` has it.
  @inlinable package func readRequestHere(into request: inout some Message) throws(RPCError) -> Bool {
    // It is gone when the call has ended, by its deadline for one, while interceptors were at work.
    guard let payload = takeRequest() else { throw .callEnded }
    if try decodeHere(payload, into: &request) { return true }
    inflatedRequest = payload
    return false
  }

  // Not inlined: few messages are large, and an open call would hold room for it.
  @inline(never) @usableFromInline package func requestElsewhere<Request: Message>(_: Request.Type)
    async throws(RPCError)
    -> Request
  {
    guard let payload = inflatedRequest.take() else { throw .callEnded }
    let request: Request = try await decodeElsewhere(payload)
    // Others have answered meanwhile. This one goes on when a call that comes now would start.
    while connection?.held.isQueueTight == true {
      awaitRoom()
      await waitToWrite()
      try checkAlive()
    }
    return request
  }

  /// Suspends until the client has room for the answer; see ``CallContext/roomForAnswer()``.
  @inline(never) func awaitRoomForAnswer() async throws(RPCError) {
    while awaitsRoomForAnswer {
      await waitToWrite()
      try checkAlive()
    }
  }

  /// Keeps the answer until the handler and its interceptors are through.
  @inlinable package func setOnlyResponse(_ message: some Message) throws(RPCError) {
    onlyResponse = try server.frame(message)
  }

  /// - Parameter compress: False for a message that goes out as it is in a call that compresses.
  func write(_ message: some Message, compress: Bool) async throws(RPCError) {
    try checkAlive()
    var chunk = try server.frame(message)
    if compressesAnswers, compress {
      chunk = await server.compression.compress(chunk, for: connectionNumber)
      try checkAlive()
    }
    while !admitsQueued(chunk.count) {
      awaitRoom()
      await waitToWrite()
      try checkAlive()
    }
    if connection?.loopAdmits(chunk.count) == false { throw .serverIsFull }
    perform(machine.handle(.headWanted))
    // A head that cannot be sent ends the call.
    try checkAlive()
    writeMessage(chunk)
    while mustWait {
      await waitToWrite()
      try checkAlive()
    }
    try checkAlive()
  }

  func checkAlive() throws(RPCError) {
    if machine.isOver || Task.isCancelled { throw .callEnded }
  }

  // MARK: Decoding

  /// Decodes a message into an empty one, or says false when that is too much for this turn of the loop; what the
  /// message holds then is to be thrown away.
  ///
  /// What a message is made of decides, not its size: two bytes can stand for an element of hundreds.
  @inlinable package func decodeHere<Request: Message>(
    _ payload: [UInt8], into request: inout Request
  ) throws(RPCError) -> Bool {
    guard payload.count <= LargeWork.largestHere else { return false }
    let allowed = server.work.allowance
    var left = allowed
    do throws(WireError) { try request.merge(decoding: payload, allowance: &left) } catch {
      server.work.spend(allowed - left)
      if error == .tooMuchMemory { return false }
      throw .malformed(Request.messageName, because: error)
    }
    if left != allowed { try decoded(allowed - left) }
    return true
  }

  /// The same on the pool, when its turn has come.
  @inline(never) func decodeElsewhere<Request: Message>(_ payload: [UInt8]) async throws(RPCError) -> Request
  {
    let limit = server.configuration.maxDecodedSize
    let result = await server.work.run(for: connectionNumber, while: { isWanted }) {
      () -> Result<(Request, Int), WireError> in
      var left = limit
      do throws(WireError) {
        return .success((try Request(decoding: payload, allowance: &left), limit - left))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case nil: throw .callEnded
    case .success((let request, let size)):
      try checkAlive()
      try use(more: size)
      return request
    case .failure(.tooMuchMemory): throw .decodedMessageTooLarge(limit: limit)
    case .failure(let error): throw .malformed(Request.messageName, because: error)
    }
  }

  /// A message decoded on the loop takes that much beside what it was on the wire.
  @inline(never) @usableFromInline package func decoded(_ size: Int) throws(RPCError) {
    server.work.spend(size)
    try use(more: size)
  }

  // MARK: Inflating

  func inflate(_ payload: [UInt8]) async throws(RPCError) -> [UInt8] {
    let limit = server.configuration.maxReceiveMessageSize
    // A client that gives the true size is refused before the work.
    if let refusal = refusal(toUse: min(limit, GzipInflater.claimedSize(payload))) { throw refusal }
    let inflated = try await server.compression.inflate(
      payload, limit: limit, for: connectionNumber, while: { isWanted })
    try checkAlive()
    try use(more: inflated.count)
    return inflated
  }

  /// Whether the call still needs the result of the work on its messages.
  private var isWanted: Bool { !machine.isOver }

  var connectionNumber: Int64 { connection?.number ?? 0 }
}
