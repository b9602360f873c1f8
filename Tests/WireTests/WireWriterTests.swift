import Testing
import Wire

@Suite("The backward writer")
struct WireWriterTests {
  @Test("puts each value in front of those before it and grows as it must")
  func growth() {
    var writer = WireWriter(capacity: 16)
    for byte in 0..<200 { writer.prepend(UInt8(byte)) }
    writer.prependFixed32(0x0403_0201)
    #expect([UInt8](writer.bytes) == [1, 2, 3, 4] + (0..<200).reversed().map { UInt8($0) })
  }

  @Test(
    "writes varints in as few bytes as hold them",
    arguments: [
      (0, "00"), (127, "7f"), (128, "8001"), (16_383, "ff7f"), (16_384, "808001"),
      (UInt64.max, "ffffffffffffffffff01"), (1 << 63, "80808080808080808001"),
    ] as [(UInt64, String)])
  func varints(value: UInt64, expected: String) {
    var writer = WireWriter()
    writer.prependVarint(value)
    #expect(Hex.encode([UInt8](writer.bytes)) == expected)
  }

  @Test("keeps its storage over a reset, but not more than it is told to")
  func reset() {
    var writer = WireWriter(capacity: 16)
    let large = [UInt8](repeating: 7, count: 100_000)
    large.withUnsafeBytes { writer.prepend(contentsOf: $0) }
    writer.reset()
    #expect(writer.count == 0)
    writer.reset(keepingAtMost: 64)
    writer.prepend(1)
    #expect([UInt8](writer.bytes) == [1])
  }

  @Test("forgets what came after a mark")
  func drop() {
    var writer = WireWriter()
    writer.prepend(1)
    let mark = writer.count
    writer.prepend(2)
    writer.drop(to: mark)
    #expect([UInt8](writer.bytes) == [1])
  }

  @Test func `Memory that is nearly full can be given away, and the writer begins anew`() {
    var writer = WireWriter(capacity: 16)
    let large = [UInt8](repeating: 7, count: 1_000_000)
    large.withUnsafeBytes { writer.prepend(contentsOf: $0) }
    writer.prependVarint(1_000_000)
    writer.prepend(0x12)
    guard let given = writer.giveAway(startingWith: 16) else {
      Issue.record("a large field and its tag left much of the memory unused")
      return
    }
    let bytes = UnsafeRawBufferPointer(start: given.memory, count: given.range.upperBound)[given.range]
    #expect(bytes.count == 1_000_004)
    #expect(bytes.elementsEqual([0x12, 0xc0, 0x84, 0x3d] + large))
    given.memory.deallocate()
    #expect(writer.count == 0)
    writer.prepend(1)
    #expect([UInt8](writer.bytes) == [1])
  }

  @Test func `Memory that is mostly unused stays`() {
    var writer = WireWriter(capacity: 1000)
    for byte in 0..<100 { writer.prepend(UInt8(byte)) }
    #expect(writer.giveAway(startingWith: 16) == nil)
    #expect(writer.count == 100)
  }
}
