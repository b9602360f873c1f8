import Testing
import Wire

@Suite("Fields that occur again")
struct MergingTests {
  private func merged(_ parts: Everything...) throws -> Everything {
    try Everything(decoding: parts.flatMap { $0.serializedBytes() })
  }

  @Test("replace scalars, append to lists, replace entries of maps")
  func plain() throws {
    let message = try merged(
      .with {
        $0.oneInt32 = 1
        $0.manyString = ["a"]
        $0.mapString = ["k": "1", "l": "2"]
      },
      .with {
        $0.oneInt32 = 2
        $0.manyString = ["b"]
        $0.mapString = ["k": "3"]
      })
    #expect(message.oneInt32 == 2)
    #expect(message.manyString == ["a", "b"])
    #expect(message.mapString == ["k": "3", "l": "2"])
  }

  @Test("merge messages, boxed ones and those in a oneof too")
  func messages() throws {
    let name = Leaf.with { $0.name = "n" }
    let size = Leaf.with { $0.size = 3 }
    let both = Leaf.with {
      $0.name = "n"
      $0.size = 3
    }
    #expect(try merged(.with { $0.oneLeaf = name }, .with { $0.oneLeaf = size }).oneLeaf == both)
    #expect(try merged(.with { $0.choiceLeaf = name }, .with { $0.choiceLeaf = size }).choiceLeaf == both)
    let boxed = try merged(
      .with { $0.self_ = .with { $0.oneLeaf = name } }, .with { $0.self_ = .with { $0.oneLeaf = size } })
    #expect(boxed.self_?.oneLeaf == both)
  }

  @Test("of a oneof the last member counts")
  func oneof() throws {
    let message = try merged(.with { $0.choiceInt32 = 1 }, .with { $0.choiceBool = true })
    #expect(message.choice == .choiceBool(true))
    #expect(message.choiceInt32 == nil)
  }

  @Test("packed and unpacked numbers are read whatever the file says, also mixed")
  func packing() throws {
    // many_int32 (43) is packed, loose_int32 (63) is not.
    let bytes = try #require(
      Hex.decode("d802 01  da02 02 02 03  d802 04  fa03 02 05 06  f803 07"))
    let message = try Everything(decoding: bytes)
    #expect(message.manyInt32 == [1, 2, 3, 4])
    #expect(message.looseInt32 == [5, 6, 7])
  }

  @Test("a copy keeps what it was when the boxed original changes")
  func valueSemantics() {
    var original = Everything.with { $0.self_ = .with { $0.oneInt32 = 1 } }
    let copy = original
    original.self_?.oneInt32 = 2
    #expect(copy.self_?.oneInt32 == 1)
    #expect(original.self_?.oneInt32 == 2)
    original.self_ = nil
    #expect(original.self_ == nil)
  }
}
