import Testing

@testable import cairn

@Suite("Cutting files to import")
struct CutterTests {
  /// Every way to cut a text into two pieces, and into single bytes.
  private func cuts(_ bytes: [UInt8]) -> [[[UInt8]]] {
    (0...bytes.count).map { [Array(bytes[..<$0]), Array(bytes[$0...])] } + [bytes.map { [$0] }]
  }

  @Test(
    "lines are whole and counted, however the bytes come",
    arguments: [("", 0), ("a\n", 1), ("a", 1), ("a\nb", 2), ("\n\n", 2), ("a\n\nbc\n", 3)])
  func lines(text: String, count: Int64) {
    for pieces in cuts(Array(text.utf8)) {
      var cutter = LineCutter()
      let blocks = pieces.flatMap { cutter.feed($0) } + cutter.finish()
      #expect(blocks.reduce(0) { $0 + $1.lines } == count)
      #expect(String(decoding: blocks.flatMap(\.bytes), as: UTF8.self) == text)
    }
  }

  @Test("lines that are too long are left out, and count")
  func longLines() {
    for pieces in cuts(Array("ab\ntoolong\ncd\n".utf8)) {
      var cutter = LineCutter(longest: 4)
      let blocks = pieces.flatMap { cutter.feed($0) } + cutter.finish()
      #expect(String(decoding: blocks.flatMap(\.bytes), as: UTF8.self) == "ab\ncd\n")
      #expect(blocks.reduce(0) { $0 + $1.lines } == 3)
      #expect(blocks.count { $0.isTooLong } == 1)
    }
    var atEnd = LineCutter(longest: 4)
    #expect((atEnd.feed(Array("toolong".utf8)) + atEnd.finish()).map(\.isTooLong) == [true])
  }

  @Test("a line that has no room in a message comes alone")
  func linesOfTheirOwn() {
    for pieces in cuts(Array("ab\nlonger\ncd\nlast".utf8)) {
      var cutter = LineCutter(message: 4, longest: 8)
      let blocks = pieces.flatMap { cutter.feed($0) } + cutter.finish()
      #expect(String(decoding: blocks.flatMap(\.bytes), as: UTF8.self) == "ab\nlonger\ncd\nlast")
      #expect(blocks.filter(\.isLong).map { String(decoding: $0.bytes, as: UTF8.self) } == ["longer\n"])
      #expect(blocks.reduce(0) { $0 + $1.lines } == 4 && !blocks.contains { $0.isTooLong })
    }
  }

  @Test("records stand behind their length")
  func records() {
    let messages: [[UInt8]] = [[], [1], Array(repeating: 7, count: 300)]
    let bytes = messages.flatMap(RecordCutter.framed)
    for pieces in cuts(bytes) {
      var cutter = RecordCutter()
      #expect(pieces.flatMap { cutter.feed($0) ?? [[99]] } == messages)
      #expect(!cutter.isMidRecord)
    }
    var cut = RecordCutter()
    _ = cut.feed(Array(bytes.dropLast()))
    #expect(cut.isMidRecord)
    var wrong = RecordCutter()
    #expect(wrong.feed(Array(repeating: 0xFF, count: 10)) == nil)
  }

  @Test(
    "elements of a JSON array come one by one",
    arguments: [
      ("[]", [], false), ("", [], false), ("{\"a\": [1]}", ["{\"a\": [1]}"], false),
      ("[{\"a\": \"]}\"}, {}]", ["{\"a\": \"]}\"}", "{}"], false),
      (" [ [1,2], {\"b\":\"\\\"\"} ]\n", ["[1,2]", "{\"b\":\"\\\"\"}"], false),
      ("\u{FEFF}[{}]", ["{}"], false), ("[{}, {\"a\": 1", ["{}"], true), ("[{},", ["{}"], true),
    ])
  func elements(text: String, expected: [String], isCut: Bool) {
    for pieces in cuts(Array(text.utf8)) {
      var cutter = ElementCutter()
      let found = pieces.flatMap { cutter.feed($0) }.map { String(decoding: $0, as: UTF8.self) }
      #expect(found == expected)
      #expect(cutter.isCut == isCut)
    }
  }
}
