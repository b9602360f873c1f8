import HTTP2

// Heads, trailers, and answers without a body.
extension ServerStream {
  private static let plainHead = StaticFields([
    (":status", "200"), ("content-type", "application/grpc"),
  ])
  private static let okTrailers = StaticFields([("grpc-status", "0")])

  /// Sends the head. Metadata that the client does not take is left out of it, which is an error of the call.
  func sendHead() -> RPCError? {
    if responseMetadata.isEmpty, !compressesAnswers {
      respond(head: Self.plainHead)
      return nil
    }
    var head = Self.head
    if compressesAnswers { head.append("grpc-encoding", Compression.gzip.rawValue) }
    let error = refusal(toAdd: responseMetadata, to: &head)
    respond(head: head)
    return error
  }

  private static var head: HeaderBlock {
    var block = HeaderBlock()
    block.append(":status", "200")
    block.append("content-type", "application/grpc")
    return block
  }

  private var headerListLimit: Int { connection?.headerListLimit ?? .max }

  /// Adds all of `metadata`, or nothing and says why.
  private func refusal(toAdd metadata: Metadata, to block: inout HeaderBlock) -> RPCError? {
    let (size, limit) = (block.listSize + metadata.fields.listSize, headerListLimit)
    guard size <= limit else { return .answerMetadataTooLarge(size: size, limit: limit) }
    metadata.visit { block.append($0, $1) }
    return nil
  }

  func answerOK(after response: ServerCallMachine.Response) {
    if response == .headDue, let error = sendHead() { return answer(error, after: .headSent) }
    var trailers = Trailers.fields(Self.okTrailers)
    if !trailingMetadata.isEmpty {
      var block = HeaderBlock()
      block.append("grpc-status", "0")
      if let error = refusal(toAdd: trailingMetadata, to: &block) {
        return answer(error, after: .headSent)
      }
      trailers = .block(block)
    }
    server.callSucceeded()
    if let onlyResponse { writeMessage(onlyResponse) }
    finish(trailers: trailers)
  }

  func answer(_ error: RPCError, after response: ServerCallMachine.Response) {
    var response = response
    // Metadata for the head would come to the client as trailers in an answer of one block. What the client does not
    // take of it does not matter to a call that has failed.
    if response == .headDue, !responseMetadata.isEmpty {
      _ = sendHead()
      response = .headSent
    }
    var status = response == .headSent ? HeaderBlock() : Self.head
    let limit = headerListLimit
    StatusFields.append(error, to: &status, limit: limit)
    StatusFields.append(trailingMetadata, to: &status, limit: limit)
    if response == .headSent { finish(trailers: .block(status)) } else { respondOnly(head: status) }
  }

  func answer(plainly answer: RequestHead.PlainAnswer) {
    var block = HeaderBlock()
    block.append(":status", answer.status)
    guard !answer.text.isEmpty else { return respondOnly(head: block) }
    block.append("content-type", "text/plain")
    respond(head: block)
    write(OutboundChunk(Array(answer.text.utf8)))
    finish(trailers: .none)
  }
}
