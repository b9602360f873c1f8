import EventLoop
import HTTP2

/// The head of a request, gathered field by field, and the verdict on it. Pure.
package struct RequestHead {
  /// What is answered instead of a call.
  package enum Refusal: Equatable {
    /// The request is not gRPC.
    case http(PlainAnswer)
    case status(RPCError)
  }
  /// An HTTP answer for people.
  package enum PlainAnswer: Equatable {
    case notPost
    /// HEAD: no answer may have a body.
    case notPostNoBody
    case otherContentType

    var status: String { self == .otherContentType ? "415" : "405" }
    var text: String {
      switch self {
      case .notPost: "This is a gRPC server; calls are POST requests.\n"
      case .notPostNoBody: ""
      case .otherContentType: "This is a gRPC server; the content type of calls is application/grpc.\n"
      }
    }
  }

  private(set) var handler: Int?
  private(set) var timeout: Duration?
  package private(set) var metadata = HeaderBlock()
  /// How the messages marked compressed are packed.
  private(set) var encoding = Compression.identity
  /// Whether the client takes messages packed with gzip.
  private(set) var acceptsGzip = false
  /// Bytes of the header list so far, counted as RFC 9113 does.
  package private(set) var listSize = 0

  private var unknownPath: String?
  private var isPost = false
  /// No answer may have a body.
  private var isHead = false
  private var contentType = ContentType.other
  private var hasBadTimeout = false
  private var unknownEncoding: String?

  package init() {}

  /// `:path`, and the place of its handler in the server's table.
  package mutating func receive(path: UnsafeBufferPointer<UInt8>, handler: Int?) {
    listSize += 5 + path.count + 32
    self.handler = handler
    if handler == nil { unknownPath = String(decoding: path.prefix(256), as: UTF8.self) }
  }

  /// Any field but `:path`. What is beyond `maxListSize` is counted, not kept: a byte can stand for a field
  /// of kilobytes.
  package mutating func receive(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>, maxListSize: Int
  ) {
    listSize += name.count + value.count + 32
    guard listSize <= maxListSize else { return }
    if name.starts(with: ":") {
      if name.equals(":method") {
        isPost = value.equals("POST")
        isHead = value.equals("HEAD")
      }
    } else if name.equals("content-type") {
      contentType = ContentType(value)
    } else if name.equals("te") {
      return
    } else if name.starts(with: "grpc-") {
      receiveProtocolField(name: name, value: value)
    } else {
      metadata.append(name: name, value: value)
    }
  }

  private mutating func receiveProtocolField(
    name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>
  ) {
    if name.equals("grpc-timeout") {
      timeout = Timeout.parse(value)
      hasBadTimeout = timeout == nil
    } else if name.equals("grpc-encoding") {
      if value.equals("gzip") {
        encoding = .gzip
      } else if !value.equals("identity") {
        unknownEncoding = String(decoding: value.prefix(64), as: UTF8.self)
      }
    } else if name.equals("grpc-accept-encoding") {
      acceptsGzip = acceptsGzip || Compression.acceptsGzip(value)
    } else {
      metadata.append(name: name, value: value)
    }
  }

  /// Nil when the call may begin.
  ///
  /// - Parameter knows: Whether there is a service of that name.
  package func refusal(maxListSize: Int, knows: (Substring) -> Bool) -> Refusal? {
    guard listSize <= maxListSize else {
      return .status(.metadataTooLarge(size: listSize, limit: maxListSize))
    }
    guard isPost else {
      return .http(isHead ? .notPostNoBody : .notPost)
    }
    switch contentType {
    case .protobuf: break
    case .codec(let name): return .status(.unknownCodec(name))
    case .other: return .http(.otherContentType)
    }
    guard handler != nil else { return .status(Self.unknown(unknownPath ?? "", knows: knows)) }
    guard !hasBadTimeout else { return .status(.timeoutMalformed) }
    return unknownEncoding.map { .status(.unknownEncoding($0)) }
  }

  private static func unknown(_ path: String, knows: (Substring) -> Bool) -> RPCError {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].isEmpty, !knows(parts[1]) else { return .unknownMethod(path) }
    return .unknownService(String(parts[1]), path: path)
  }
}
