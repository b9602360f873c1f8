import Testing

@testable import GRPC

@Suite struct MessageDeframerTests {
  static func framed(_ payload: [UInt8], flag: UInt8 = 0) -> [UInt8] {
    let size = UInt32(payload.count)
    return [flag] + (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) } + payload
  }

  @Test("messages are the same however the bytes are cut", arguments: [1, 2, 3, 4, 5, 6, 7, 64, 10_000])
  func cuts(_ size: Int) throws {
    let payloads = [0, 1, 5, 300, 0, 70].map { count in (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
    let bytes = payloads.flatMap { Self.framed($0) }
    var deframer = MessageDeframer(limit: 1000)
    var out: [[UInt8]] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      try Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes {
        try deframer.receive($0) { out.append($0.payload) }
      }
    }
    #expect(out == payloads)
    #expect(!deframer.isMidMessage)
  }

  @Test("a message over the limit is refused at its prefix, before its bytes come")
  func tooLarge() {
    var deframer = MessageDeframer(limit: 10)
    let prefix = Array(Self.framed(Array(repeating: 0, count: 11)).prefix(5))
    #expect(throws: MessageDeframer.Failure.tooLarge(size: 11, limit: 10)) {
      try prefix.withUnsafeBytes { try deframer.receive($0) { _ in } }
    }
  }

  @Test("a flag other than 0 and 1 is refused")
  func flag() {
    var deframer = MessageDeframer(limit: 10)
    #expect(throws: MessageDeframer.Failure.invalidFlag(7)) {
      try Self.framed([1], flag: 7).withUnsafeBytes { try deframer.receive($0) { _ in } }
    }
  }
}
