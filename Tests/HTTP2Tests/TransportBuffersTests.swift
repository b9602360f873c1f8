import Testing

@testable import HTTP2

/// Behind the buffer lies a page that nobody may touch: a byte too many ends these tests.
@Suite struct TransportBuffersTests {
  private static let size = TransportBuffers.writeSize
  private static let header = [UInt8](repeating: 9, count: TransportBuffers.frameHeaderSize)

  private func append(_ count: Int, of byte: UInt8, to buffers: TransportBuffers) -> Bool {
    [UInt8](repeating: byte, count: count).withUnsafeBytes { buffers.append($0) }
  }

  @Test(arguments: [0, 1, size - 16_393, size - 1, size])
  func `What fits is taken to the last byte, and nothing of what does not`(before: Int) {
    let buffers = TransportBuffers()
    #expect(append(before, of: 1, to: buffers))
    #expect(!append(Self.size - before + 1, of: 2, to: buffers))
    #expect(buffers.pending.count == before)
    #expect(append(Self.size - before, of: 3, to: buffers))
    #expect(
      buffers.pending.elementsEqual(
        [UInt8](repeating: 1, count: before) + [UInt8](repeating: 3, count: Self.size - before)))
    #expect(!append(1, of: 4, to: buffers))
    buffers.clear()
    #expect(buffers.pending.isEmpty && append(Self.size, of: 5, to: buffers))
  }

  @Test(arguments: [(0, true), (9, true), (10, true), (11, false), (1 << 14, false)])
  func `A frame of data that does not fit stays where it is`(missing: Int, fits: Bool) {
    let buffers = TransportBuffers()
    var body = OutboundBody()
    body.append(OutboundChunk([UInt8](repeating: 7, count: 100)))
    // Room for a header and ten bytes fewer than `missing` more.
    #expect(append(Self.size - Self.header.count - 10, of: 1, to: buffers))
    let length = min(missing, 100)
    #expect(buffers.append(header: Self.header, &body, length: length) == fits)
    #expect(buffers.isFull != fits)
    #expect(body.count == (fits ? 100 - length : 100))
    #expect(buffers.pending.suffix(fits ? length : 10).allSatisfy { $0 == (fits ? 7 : 1) })
  }
}
