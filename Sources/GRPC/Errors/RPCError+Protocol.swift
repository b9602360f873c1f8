import Wire

// Errors of the protocol itself, with a google.rpc.ErrorInfo like all others of Cairn. Each is made here.
extension RPCError {
  private init(
    _ code: StatusCode, _ reason: TransportReason, _ message: String, _ particulars: [String: String] = [:]
  ) {
    self.init(code, message, details: [.info(reason.rawValue, particulars: particulars)])
  }

  // MARK: Heads

  /// - Parameter path: As the client gave it, perhaps cut.
  static func unknownService(_ name: String, path: String) -> RPCError {
    RPCError(
      .unimplemented, .serviceUnknown,
      "unknown service \(name) in the call of \(path); reflection lists what there is",
      ["service": name, "path": path])
  }

  /// grpc.health.v1 has a code of its own for it.
  package static func noHealth(of service: String) -> RPCError {
    RPCError(
      .notFound, .serviceUnknown, "this server has no service '\(service)'", ["service": service])
  }

  static func unknownMethod(_ path: String) -> RPCError {
    RPCError(
      .unimplemented, .methodUnknown,
      "unknown method \(path.hasPrefix("/") ? String(path.dropFirst()) : path); reflection lists what there is",
      ["path": path])
  }

  static func metadataTooLarge(size: Int, limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .metadataTooLarge, "the metadata has \(size) bytes; the limit is \(limit) bytes",
      ["size": String(size), "limit": String(limit)])
  }

  /// - Parameter limit: By the client's settings.
  static func answerMetadataTooLarge(size: Int, limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .metadataTooLarge,
      "the metadata of the answer has \(size) bytes; the client takes \(limit) bytes",
      ["size": String(size), "limit": String(limit)])
  }

  /// What a caller or a handler wants to send beside its messages.
  static func badMetadata(_ key: String, because why: String) -> RPCError {
    RPCError(
      .invalidArgument, .callMetadataInvalid, "the metadata key '\(key.prefix(128))' \(why)",
      ["key": String(key.prefix(128))])
  }

  /// A server sends more than this client takes.
  static func receivedMetadataTooLarge(size: Int, limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .metadataTooLarge,
      "the metadata of the answer has \(size) bytes or more; the limit is \(limit) bytes",
      ["size": String(size), "limit": String(limit)])
  }

  static var timeoutMalformed: RPCError {
    RPCError(
      .invalidArgument, .callMetadataInvalid, "grpc-timeout must be 1 to 8 digits and one of H M S m u n",
      ["key": "grpc-timeout"])
  }

  /// What is taken instead is in the trailers, too, as gRPC's compression.md has it.
  static func unknownEncoding(_ name: String) -> RPCError {
    var error = RPCError(
      .unimplemented, .encodingUnknown, "grpc-encoding \(name) is not supported; use \(Compression.accepted)",
      ["encoding": name, "accepted": Compression.accepted])
    error.metadata.append(reserved: "grpc-accept-encoding", Compression.accepted)
    return error
  }

  /// - Parameter codec: What the content type says behind `application/grpc+`.
  static func unknownCodec(_ codec: String) -> RPCError {
    RPCError(
      .unimplemented, .encodingUnknown,
      "content type application/grpc+\(codec) is not supported; use application/grpc, whose messages are protobuf",
      ["encoding": codec, "accepted": "proto"])
  }

  // MARK: Messages

  static func messageTooLarge(size: Int, limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .messageTooLarge,
      "the message received has \(size) bytes; the limit is \(limit) bytes",
      ["size": String(size), "limit": String(limit)])
  }

  static func inflatedMessageTooLarge(limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .messageTooLarge,
      "the message received has more than \(limit) bytes when it is inflated; the limit is \(limit) bytes",
      ["limit": String(limit)])
  }

  /// - Parameter limit: Bytes of memory.
  package static func decodedMessageTooLarge(limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .messageTooLarge,
      "the elements of the message take more than \(limit) bytes of memory; send fewer at once",
      ["limit": String(limit)])
  }

  @usableFromInline package static func messageToSendTooLarge(size: Int, limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .messageTooLarge,
      "the message to send has \(size) bytes; the limit is \(limit) bytes",
      ["size": String(size), "limit": String(limit)])
  }

  /// The bytes of a request are not the message they should be.
  @usableFromInline package static func malformed(_ messageName: String, because error: WireError) -> RPCError
  {
    RPCError(
      .invalidArgument, .messageMalformed, "the request is not a \(messageName): \(error)",
      ["message": messageName])
  }

  /// The peer does not keep to gRPC over HTTP/2.
  static func protocolViolated(_ message: String, code: StatusCode = .internal) -> RPCError {
    RPCError(code, .protocolViolated, message)
  }

  // MARK: The end of calls

  static var deadlinePassed: RPCError {
    RPCError(.deadlineExceeded, .deadlinePassed, "the deadline passed before the call was answered")
  }

  /// For a handler that still works on the call; the client has gone, or has its answer.
  @usableFromInline package static var callEnded: RPCError {
    RPCError(.cancelled, .callCancelled, "the call has ended")
  }

  package static var shuttingDown: RPCError {
    RPCError(
      .unavailable, .shuttingDown, "the server is stopping; call another one, or this one in a moment")
  }

  // MARK: Requests of the standard services

  /// channelz has nothing of that number, or not any more.
  package static func unknownEntity(_ kind: String, number: Int64) -> RPCError {
    RPCError(
      .notFound, .entityUnknown, "there is no \(kind) \(number)", ["kind": kind, "id": String(number)])
  }

  package static func badFields(_ wrong: [(field: String, problem: String)]) -> RPCError {
    RPCError(.invalidArgument, .fieldInvalid, "\(wrong[0].field) \(wrong[0].problem)").adding(
      .badRequest(wrong.map { .init($0.field, $0.problem, reason: TransportReason.fieldInvalid.rawValue) }))
  }

  // MARK: Memory

  static func connectionReceivesTooMuch(limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .connectionBufferFull,
      "the requests of this connection take \(limit) bytes; send less at once", ["limit": String(limit)])
  }

  static func connectionQueuesTooMuch(limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, .connectionBufferFull,
      "this connection has \(limit) bytes of answers waiting to be read; read them first",
      ["limit": String(limit)])
  }

  static var serverIsFull: RPCError {
    RPCError(
      .unavailable, .serverBufferFull,
      "the server holds as many bytes for its clients as it may; try again later")
  }
}
