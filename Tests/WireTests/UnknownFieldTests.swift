import Testing
import Wire

@Suite("Unknown fields")
struct UnknownFieldTests {
  @Test("come back byte for byte, groups included")
  func kept() throws {
    // 1000: varint, fixed32, fixed64, bytes, group with a nested group.
    let unknown = try #require(
      Hex.decode(
        "c03e07 c53e01020304 c13e0102030405060708 c23e026869 c33e 0801 13 0801 14 c43e"))
    let leaf = Leaf.with { $0.name = "n" }
    let message = try Leaf(decoding: leaf.serializedBytes() + unknown)
    #expect(message.name == "n")
    #expect(message.unknownFields.bytes == unknown)
    #expect(message.serializedBytes() == leaf.serializedBytes() + unknown)
  }

  @Test("a known number with another wire type is one of them")
  func otherWireType() throws {
    let bytes: [UInt8] = [0x08, 0x05, 0x12, 0x01, 0x61]
    let message = try Leaf(decoding: bytes)
    #expect(message == Leaf.with { $0.unknownFields.bytes = bytes })
  }

  @Test("are part of what makes messages equal")
  func equality() {
    #expect(Leaf.with { $0.unknownFields.bytes = [0x40, 0x01] } != Leaf())
  }

  @Test("an enum's number without a name stays what it is")
  func openEnum() throws {
    let message = Leaf.with { $0.kind = Leaf.Kind(rawValue: 77) }
    #expect(message.kind == .unrecognized(77))
    #expect(try Leaf(decoding: message.serializedBytes()) == message)
    #expect(Leaf.Kind(rawValue: 2) == .brown)
    #expect(Shade.pale == .light)
  }
}
