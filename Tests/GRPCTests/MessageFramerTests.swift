import HTTP2
import StandardProtos
import Testing
import Wire

@testable import GRPC

@Suite struct MessageFramerTests {
  private func check(_ message: GoogleRpcStatus, _ framer: inout MessageFramer) throws {
    let chunk = try framer.frame(message, limit: .max)
    let expected = MessageDeframerTests.framed(message.serializedBytes())
    #expect(chunk.count == expected.count)
    #expect(chunk.withUnsafeBytes { $0.elementsEqual(expected) })
  }

  @Test func `Messages of all sizes are framed, one after the other, and none changes another's bytes`()
    throws
  {
    var framer = MessageFramer()
    var kept: [(OutboundChunk, [UInt8])] = []
    for size in [0, 10, 5000, 262_130, 262_144, 262_145, 1, 300_000, 5_000_000, 3] {
      let sent = message(String(repeating: "a", count: size), code: Int32(size))
      try check(sent, &framer)
      kept.append((try framer.frame(sent, limit: .max), MessageDeframerTests.framed(sent.serializedBytes())))
    }
    for (chunk, expected) in kept { #expect(chunk.withUnsafeBytes { $0.elementsEqual(expected) }) }
  }

  @Test func `A large message of many small parts is framed`() throws {
    var framer = MessageFramer()
    var sent = GoogleRpcStatus()
    sent.details = (0..<30_000).map { number in
      var detail = WellKnown.`Any`()
      detail.typeURL = "type.example/\(number)"
      return detail
    }
    try check(sent, &framer)
  }
}
