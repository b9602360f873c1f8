import Testing

@testable import Requests

@Suite struct TextRulesTests {
  private func count(_ check: (inout Violations) -> Void) -> Int {
    var violations = Violations()
    check(&violations)
    return violations.count
  }

  @Test(
    "titles have 1 to 1,024 characters, not only white space",
    arguments: [
      ("a", 0), (" a", 0), ("🪨", 0), ("\u{3000}x", 0), (String(repeating: "ü", count: 1024), 0),
      ("", 1), (" \t\n", 1), ("\u{3000}\u{2028}", 1), (String(repeating: "x", count: 1025), 1),
      (String(repeating: "ü", count: 1025), 1), ("a\0", 1), (String(repeating: "x", count: 4_000_000), 1),
    ])
  func title(_ title: String, _ expected: Int) {
    #expect(count { $0.title(title, at: "title") } == expected)
  }

  @Test(
    "identifiers have 1 to 128 characters without control characters",
    arguments: [
      ("a", 0), ("a b/c`d\"", 0), (String(repeating: "🪨", count: 128), 0), ("..", 0), ("\u{202e}x", 0),
      ("", 1), (String(repeating: "x", count: 129), 1), ("a\nb", 1), ("\0", 1), ("\u{7f}", 1), ("\u{85}", 1),
      (String(repeating: "e\u{301}", count: 65), 1),
    ])
  func identifier(_ id: String, _ expected: Int) {
    #expect(count { $0.identifier(id, at: "id") } == expected)
  }

  @Test(
    "tags are different, bounded in length and number",
    arguments: [
      ([], 0), (["a", "A", "á", "a\u{301}"], 0), ((0..<64).map(String.init), 0),
      ((0..<65).map(String.init), 1), (["a", "", "a"], 2), ([String(repeating: "x", count: 129)], 1),
      (["\0"], 1), (Array(repeating: "", count: 1_000_000), 1),
    ] as [([String], Int)])
  func tags(_ tags: [String], _ expected: Int) {
    #expect(count { $0.tags(tags, at: "tags") } == expected)
  }

  @Test(
    "media types follow their grammar",
    arguments: [
      ("", 0), ("text/plain", 0), ("application/vnd.api+json", 0), ("text/html; charset=utf-8", 0),
      ("text/html ; a=\"b c\"", 0), ("text", 1), ("/", 1), ("a/", 1), ("/b", 1), ("a/b/c", 1),
      ("text/pl ain", 1),
      ("text/plain; ü", 1), ("text/plain\n", 1), ("a/" + String(repeating: "b", count: 254), 1),
    ])
  func mediaType(_ type: String, _ expected: Int) {
    #expect(count { $0.mediaType(type, at: "media_type") } == expected)
  }
}
