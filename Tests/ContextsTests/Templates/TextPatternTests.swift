import EventLoop
import Patience
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
      ("[a-cb-d]{1,}", ["abcd": true, "e": false]), ("a{0}b", ["b": true, "ab": false]),
      ("[^a-cb]", ["a": false, "c": false, "d": true, "\u{10FFFF}": true]),
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

  @Test("match what a look at every way through them matches")
  func everyWay() throws {
    var random = SystemRandomNumberGenerator()
    let sets = ["a", "b", "[ab]", ".", "[^a]", "é", "[b-é]"]
    let counts = ["", "", "*", "+", "?", "{0}", "{2}", "{1,3}", "{0,2}", "{2,}", "{3,5}"]
    for _ in 0..<3_000 {
      let source = (0..<Int.random(in: 0...6, using: &random))
        .map { _ in sets.randomElement(using: &random)! + counts.randomElement(using: &random)! }.joined()
      let pattern = try #require(TextPattern(source))
      for _ in 0..<5 {
        let text = (0..<Int.random(in: 0...9, using: &random)).map { _ in "abé".randomElement(using: &random)!
        }
        #expect(
          pattern.matches(String(text))
            == Self.matches(pattern.parts[...], text.map { $0.unicodeScalars.first! }),
          "\(source) on \(String(text))")
      }
    }
  }

  /// The definition: the first part takes as many characters as it may, the others what follows.
  static func matches(_ parts: ArraySlice<TextPattern.Part>, _ text: [Unicode.Scalar]) -> Bool {
    guard let part = parts.first else { return text.isEmpty }
    let most = text.prefix { scalar in
      part.set.ranges.contains { $0.contains(scalar.value) } != part.set.isInverted
    }.count
    for count in 0...min(most, part.most ?? most) where count >= part.least {
      if matches(parts.dropFirst(), Array(text.dropFirst(count))) { return true }
    }
    return false
  }

  @Test(
    "take time for the text alone, however many ways there are through them",
    arguments: [
      String(repeating: "a*", count: 40) + "b", String(repeating: ".{0,1000}", count: 20) + "b",
      String(repeating: "a{9}", count: 63) + "b*", String(repeating: ".{2,999}", count: 31) + "b",
      ".*" + String(repeating: ".{2,99}", count: 35) + "b", ".*a.{1000}b",
      String(repeating: "[^é\\w]?\\w*", count: 20),
    ])
  func hostile(pattern: String) throws {
    let pattern = try #require(TextPattern(pattern))
    let text = String(repeating: "aaab漢", count: 20_000) + "a"
    let time = ContinuousClock().measure { _ = pattern.matches(text) }
    #expect(time < .seconds(3) * patience, "\(time)")
  }

  @Test("stop when nobody waits for an answer")
  func stopping() throws {
    let stop = StopSignal()
    stop.stop()
    let text = String(repeating: "a", count: 1 << 17)
    #expect(try #require(TextPattern("a*")).matches(text))
    #expect(try #require(TextPattern("a*")).matches(text, until: stop) == false)
  }
}
