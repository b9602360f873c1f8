import Testing

@testable import HTTP2

@Suite struct OutboundBodyTests {
  @Test("bytes come out in the order they went in, whatever the sizes")
  func order() {
    var body = OutboundBody()
    var expected: [UInt8] = []
    var out: [UInt8] = []
    for round in 0..<200 {
      let chunk = (0..<(round * 7 % 50)).map { UInt8(truncatingIfNeeded: $0 + round) }
      body.append(round % 3 == 0 ? Self.adopted(chunk) : OutboundChunk(chunk))
      expected += chunk
      let take = min(body.count, round * 13 % 40)
      var buffer = [UInt8](repeating: 0, count: take)
      buffer.withUnsafeMutableBytes { if take > 0 { body.move(take, to: $0.baseAddress!) } }
      out += buffer
    }
    var rest = [UInt8](repeating: 0, count: body.count)
    rest.withUnsafeMutableBytes { body.move($0.count, to: $0.baseAddress!) }
    #expect(out + rest == expected)
    #expect(body.count == 0)
  }

  /// The same bytes in memory of the chunk's own, with some before them.
  private static func adopted(_ bytes: [UInt8]) -> OutboundChunk {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes.count + 3, alignment: 16)
    bytes.withUnsafeBytes {
      UnsafeMutableRawBufferPointer(start: memory + 3, count: bytes.count).copyMemory(from: $0)
    }
    return OutboundChunk(adopting: memory, range: 3..<bytes.count + 3)
  }

  @Test("a header block gives back its fields in order")
  func headers() {
    var block = HeaderBlock()
    block.append("a", "1")
    block.append("b", "")
    block.append("a", "3")
    var seen: [String] = []
    block.visit { name, value in
      seen.append("\(String(decoding: name, as: UTF8.self))=\(String(decoding: value, as: UTF8.self))")
      return true
    }
    #expect(seen == ["a=1", "b=", "a=3"])
    #expect(block.first("a") == "1")
    #expect(block.first("c") == nil)
    #expect(block.listSize == 5 + 3 * 32)
  }
}
