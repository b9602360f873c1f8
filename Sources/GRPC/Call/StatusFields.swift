import HTTP2
import StandardProtos
import Wire

/// A status as trailers, and back: `grpc-status`, `grpc-message`, `grpc-status-details-bin`.
package enum StatusFields {
  /// - Parameter limit: What all of `block` may have in the end, as RFC 9113 §6.5.2 counts: the message is cut,
  ///   details and metadata are left out for it. The code goes in any case.
  package static func append(_ error: RPCError, to block: inout HeaderBlock, limit: Int) {
    block.append("grpc-status", String(error.code.rawValue))
    let status = FittedStatus(error, room: limit - block.listSize)
    if !status.message.isEmpty { block.append(FittedStatus.messageName, status.message) }
    if !status.details.isEmpty { block.append(FittedStatus.detailsName, status.details) }
    append(error.metadata, to: &block, limit: limit)
  }

  /// Adds what of `metadata` there is room for.
  static func append(_ metadata: Metadata, to block: inout HeaderBlock, limit: Int) {
    metadata.fields.visit { name, value in
      if block.listSize + HeaderBlock.listSize(nameLength: name.count, valueLength: value.count) <= limit {
        block.append(name: name, value: value)
      }
      return true
    }
  }

  /// Nil for OK. `httpStatus` explains an answer that has no status of gRPC's.
  package static func read(_ block: HeaderBlock, httpStatus: Int) -> RPCError? {
    guard let text = block.first("grpc-status") else {
      let code = httpStatus == 200 ? StatusCode.unknown : StatusCode(httpStatus: httpStatus)
      return RPCError(
        code, "the peer answered without a gRPC status (HTTP \(httpStatus)); is it a gRPC server?")
    }
    let code = Int32(text).flatMap(StatusCode.init(rawValue:)) ?? .unknown
    if code == .ok { return nil }
    var error = RPCError(code, percentDecode(block.first("grpc-message") ?? ""))
    if let encoded = block.first("grpc-status-details-bin"), let bytes = Base64.decode(encoded.utf8),
      let status = try? GoogleRpcStatus(decoding: bytes)
    {
      error.details = status.details
    }
    error.metadata = Metadata(block.withoutReserved())
    return error
  }

  /// Keeps printable ASCII but `%`, as the specification asks.
  package static func percentEncode(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 <= 0x7e && $0 != 0x25 }) { return text }
    let digits = Array("0123456789ABCDEF".utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      if byte >= 0x20, byte <= 0x7e, byte != 0x25 {
        out.append(byte)
      } else {
        out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// Bytes of a character after ``percentEncode(_:)``.
  static func encodedSize(of scalar: Unicode.Scalar) -> Int {
    if scalar.value >= 0x20, scalar.value <= 0x7e, scalar != "%" { return 1 }
    return 3 * UTF8.width(scalar)
  }

  /// Leaves what is not a valid escape as it is: a message is shown, never refused.
  package static func percentDecode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    guard bytes.contains(0x25) else { return text }
    var out: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == 0x25, index + 2 < bytes.count, let high = hexDigit(bytes[index + 1]),
        let low = hexDigit(bytes[index + 2])
      {
        out.append(high << 4 | low)
        index += 3
      } else {
        out.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}

extension HeaderBlock {
  /// Without pseudo-headers and the fields that belong to gRPC itself.
  func withoutReserved() -> HeaderBlock {
    var out = HeaderBlock()
    visit { name, value in
      if !name.starts(with: ":"), !name.starts(with: "grpc-"), !name.equals("content-type") {
        out.append(name: name, value: value)
      }
      return true
    }
    return out
  }
}
