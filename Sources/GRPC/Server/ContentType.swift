/// What a request says it is. Source: gRPC over HTTP/2, "Content-Type".
enum ContentType: Equatable {
  /// gRPC with messages in protobuf: `application/grpc` or `application/grpc+proto`.
  case protobuf
  /// gRPC with messages in something else, by its name: `application/grpc+json`. Perhaps cut.
  case codec(String)
  case other

  init(_ value: UnsafeBufferPointer<UInt8>) {
    guard value.starts(with: "application/grpc") else {
      self = .other
      return
    }
    let rest = value[16...]
    switch rest.first {
    case nil, UInt8(ascii: ";"): self = .protobuf
    case UInt8(ascii: "+"):
      let name = rest.dropFirst().prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
      self =
        name.elementsEqual("proto".utf8)
        ? .protobuf : .codec(String(decoding: name.prefix(64), as: UTF8.self))
    default: self = .other
    }
  }
}
