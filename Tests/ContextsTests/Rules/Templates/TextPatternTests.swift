import Testing

@testable import Contexts

@Suite("Patterns of template variables")
struct TextPatternTests {
  @Test(
    "match whole texts",
    arguments: [
      ("", ["": true, "a": false]),
      ("abc", ["abc": true, "ab": false, "abcd": false]),
      ("a.c", ["abc": true, "a漢c": true, "ac": false]),
      ("a*b", ["b": true, "aaab": true, "aaa": false]),
      ("a+b?", ["a": true, "aab": true, "b": false, "abb": false]),
      ("[a-cx]{2}", ["ax": true, "cb": true, "a": false, "abc": false, "ad": false]),
      ("[^0-9]+", ["abc": true, "a1": false]),
      ("\\d{1,3}(", nil as [String: Bool]?),
      ("\\w+@\\w+\\.\\w{2,}", ["ann@example.org": true, "ann@example": false, "a@b.c": false]),
      ("\\s\\\\", [" \\": true, "\\": false]),
      ("a{0,2}a", ["a": true, "aaa": true, "": false, "aaaa": false]),
    ])
  func table(pattern: String, texts: [String: Bool]?) {
    let read = TextPattern(pattern)
    #expect((read == nil) == (texts == nil))
    for (text, matches) in texts ?? [:] { #expect(read?.matches(text) == matches, "\(pattern) on \(text)") }
  }

  @Test(
    "are refused when they cannot be read",
    arguments: [
      "*", "a**", "(a|b)", "[", "[]", "[z-a]", "a{", "a{x}", "a{2,1}", "a{1001}", "\\q", "\\", "^a$", "a|b",
      String(repeating: "a", count: 65),
    ])
  func refused(pattern: String) { #expect(TextPattern(pattern) == nil) }

  @Test("take no longer for a pattern that would make others try every way")
  func hostile() {
    let pattern = TextPattern(String(repeating: "a*", count: 40) + "b")
    #expect(pattern?.matches(String(repeating: "a", count: 2_000)) == false)
  }
}
