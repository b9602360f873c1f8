import GRPC
import HTTP2
import Wire

extension FuzzTarget {
  /// Lines of the form `name: value` as the head of a request, and as the trailers of an answer.
  static let metadata = FuzzTarget(name: "metadata") { bytes in
    var head = RequestHead()
    var block = HeaderBlock()
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let parts = line.split(separator: UInt8(ascii: ":"), maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let (name, value) = (Array(parts[0]), Array(parts[1]))
      name.withUnsafeBufferPointer { name in
        value.withUnsafeBufferPointer { value in
          if name.elementsEqual(":path".utf8) {
            head.receive(path: value, handler: nil)
          } else {
            head.receive(name: name, value: value, maxListSize: 1000)
          }
          block.append(name: name, value: value)
        }
      }
      if let problem = timeoutProblem(value) ?? textProblem(value) { return problem }
    }
    _ = head.refusal(maxListSize: 1000) { $0.count > 3 }
    if head.listSize <= 1000, head.metadata.listSize > head.listSize { return "metadata came of nothing" }
    return statusProblem(block)
  }

  /// Whoever gets a time limit and passes it on must not shorten it.
  private static func timeoutProblem(_ value: [UInt8]) -> String? {
    guard let timeout = value.withUnsafeBufferPointer({ Timeout.parse($0) }) else { return nil }
    let passedOn = Array(Timeout.format(timeout).utf8).withUnsafeBufferPointer { Timeout.parse($0) }
    guard let passedOn, passedOn >= timeout else { return "\(timeout) is passed on as \(passedOn as Any)" }
    return nil
  }

  private static func textProblem(_ value: [UInt8]) -> String? {
    let text = String(decoding: value, as: UTF8.self)
    if StatusFields.percentDecode(StatusFields.percentEncode(text)) != text {
      return "\(text) is escaped wrongly"
    }
    _ = StatusFields.percentDecode(text)
    if let bytes = Base64.decode(value), Base64.decode(Base64.encode(bytes).utf8) != bytes {
      return "base64 is not what it was"
    }
    _ = value.withUnsafeBufferPointer { Compression.acceptsGzip($0) }
    return nil
  }

  /// A status that was read is written and read as the same.
  private static func statusProblem(_ block: HeaderBlock) -> String? {
    guard let error = StatusFields.read(block, httpStatus: 200), block.first("grpc-status") != nil else {
      return nil
    }
    var written = HeaderBlock()
    StatusFields.append(error, to: &written, limit: .max)
    guard let again = StatusFields.read(written, httpStatus: 200) else { return "a failure became a success" }
    return again.code == error.code && again.message == error.message && again.details == error.details
      ? nil : "\(error) is read as \(again)"
  }
}
