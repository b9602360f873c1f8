import Testing

@testable import Wire

@Suite("Texts told apart by their bytes")
struct TextKeyTests {
  private static let composed = "caf\u{e9}"
  private static let decomposed = "cafe\u{301}"

  @Test(
    "equivalent texts are two keys",
    arguments: [(composed, decomposed), ("K", "\u{212a}"), (";", "\u{37e}"), ("\u{3a9}", "\u{2126}")])
  func equivalents(_ one: String, _ other: String) {
    #expect(one == other, "equivalent to Swift")
    #expect(TextKey(one) != TextKey(other))
    #expect(!one.hasSameBytes(as: other))
    #expect(Set<TextKey>(of: [one, other, one]).count == 2)
    var values: [TextKey: Int] = [:]
    values[one] = 1
    values[other] = 2
    #expect(values[one] == 1 && values[other] == 2)
    values[other] = nil
    #expect(values[one] == 1 && values[other] == nil)
  }

  @Test("names of JSON are told apart by their bytes")
  func names() {
    #expect(EnumSchema("E", [(1, "KIND")]).number(of: "KIND") == 1)
    #expect(EnumSchema("E", [(1, "KIND")]).number(of: "\u{212a}IND") == nil)
    #expect(TypeRegistry().schema(named: "google.protobuf.Empty") != nil)
  }

  @Test(
    "the same bytes are the same key, however they are held",
    arguments: ["", "a", composed, "a long text of more than fifteen bytes"])
  func same(_ text: String) {
    let again = String(decoding: Array("<\(text)>".utf8).dropFirst().dropLast(), as: UTF8.self)
    let part = String("<\(text)>".dropFirst().dropLast())
    for copy in [again, part] {
      #expect(TextKey(copy) == TextKey(text) && TextKey(copy).hashValue == TextKey(text).hashValue)
      #expect(Set<TextKey>(of: [text]).contains(copy))
    }
  }

  @Test("the order is that of the bytes")
  func order() {
    let texts = ["", "K", "caf", Self.decomposed, Self.composed, "\u{212a}", "\u{ff61}", "\u{10000}"]
    #expect(
      Set<TextKey>(of: texts.reversed()).sortedTexts.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
  }
}
