import HTTP2

// Heads, trailers, and answers without a body.
extension ServerStream {
  private static let plainHead = StaticFields([
    (":status", "200"), ("content-type", "application/grpc"),
  ])
  private static let okTrailers = StaticFields([("grpc-status", "0")])

  func sendHead() {
    isHeadSent = true
    if responseMetadata.isEmpty, !compressesAnswers { return respond(head: Self.plainHead) }
    var head = Self.head(responseMetadata)
    if compressesAnswers { head.append("grpc-encoding", Compression.gzip.rawValue) }
    respond(head: head)
  }

  private static func head(_ metadata: Metadata) -> HeaderBlock {
    var block = HeaderBlock()
    block.append(":status", "200")
    block.append("content-type", "application/grpc")
    metadata.forEach { block.append($0, $1) }
    return block
  }

  func answerOK() {
    if !isHeadSent { sendHead() }
    server.callSucceeded()
    if let onlyResponse { writeMessage(onlyResponse) }
    if trailingMetadata.isEmpty {
      finish(trailers: .fields(Self.okTrailers))
    } else {
      var block = HeaderBlock()
      block.append("grpc-status", "0")
      trailingMetadata.forEach { block.append($0, $1) }
      finish(trailers: .block(block))
    }
  }

  func answer(_ error: RPCError) {
    // Metadata for the head would come to the client as trailers in an answer of one block.
    if !isHeadSent, !responseMetadata.isEmpty { sendHead() }
    var status = isHeadSent ? HeaderBlock() : Self.head([:])
    StatusFields.append(error, to: &status)
    trailingMetadata.forEach { status.append($0, $1) }
    if isHeadSent { finish(trailers: .block(status)) } else { respondOnly(head: status) }
  }

  func refuse(_ refusal: RequestHead.Refusal) {
    switch refusal {
    case .http(let status, let text):
      var block = HeaderBlock()
      block.append(":status", status)
      guard !text.isEmpty else { return respondOnly(head: block) }
      block.append("content-type", "text/plain")
      respond(head: block)
      write(Array(text.utf8))
      finish(trailers: .none)
    case .status(let error): answer(error)
    }
  }
}
