import Testing

@testable import cairn

@Suite("Texts of others on a terminal")
struct SafeTextTests {
  @Test(
    "nothing that a terminal would obey is left",
    arguments: [
      ("plain, Grüße, 会議, 👩‍👩‍👧", "plain, Grüße, 会議, 👩‍👩‍👧"), ("", ""),
      ("\u{1B}[31mred\u{1B}[0m", "\\u{1B}[31mred\\u{1B}[0m"),
      ("\u{1B}]0;title\u{7}", "\\u{1B}]0;title\\u{7}"), ("\u{9B}2J", "\\u{9B}2J"),
      ("a\u{8}b\u{7F}", "a\\u{8}b\\u{7F}"),
      ("two\nlines\r\n\tand", "two\\nlines\\r\\n\\tand"), ("a\0b", "a\\u{0}b"),
      ("\u{2028}\u{2029}\u{85}", "\\u{2028}\\u{2029}\\u{85}"),
      ("\u{202E}txt.exe\u{2066}", "\\u{202E}txt.exe\\u{2066}"),
      ("a\u{200B}b\u{FEFF}", "a\\u{200B}b\\u{FEFF}"),
    ])
  func lines(text: String, shown: String) {
    // As bytes: what is equal to a String may look different.
    #expect(Array(SafeText.line(text).utf8) == Array(shown.utf8))
  }

  @Test("marks do not pile up")
  func marks() {
    let text = "e" + String(repeating: "\u{301}", count: 5000) + "x"
    #expect(SafeText.line(text).unicodeScalars.count == 10)
  }

  @Test(
    "a text is cut to columns, not in the middle of a letter",
    arguments: [
      ("abcdef", 6, "abcdef"), ("abcdef", 5, "abcd…"), ("会議の記録", 5, "会議…"), ("会議", 4, "会議"), ("ab", 1, "…"),
      ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"), ("", 3, ""), ("\n\n\n", 5, "\\n\\n…"),
    ])
  func cutting(text: String, columns: Int, shown: String) {
    #expect(SafeText.line(text, columns: columns) == shown)
    #expect(SafeText.columns(of: SafeText.line(text, columns: columns)) <= columns)
  }

  @Test("of a megabyte no more is looked at than is shown")
  func long() {
    let text = String(repeating: "x\u{301}", count: 500_000)
    #expect(SafeText.line(text, columns: 10).hasSuffix("…"))
  }

  @Test(
    "of many texts as many are shown as have room",
    arguments: [
      ([], ""), (["a"], "a"), (["a", "b", "c"], "a, b, c"), (["alpha", "beta", "gamma"], "alpha, beta +1"),
      (["a long long name", "b"], "a long long… +1"), (["\u{1B}a", "b"], "\\u{1B}a, b"),
    ] as [([String], String)])
  func lists(texts: [String], shown: String) {
    #expect(SafeText.list(texts, columns: 12) == shown)
  }

  @Test(
    "colours are for terminals that want them",
    arguments: [
      (true, [:], true), (false, [:], false), (true, ["NO_COLOR": "1"], false),
      (true, ["NO_COLOR": ""], true),
      (true, ["TERM": "dumb"], false), (true, ["TERM": "xterm"], true),
    ] as [(Bool, [String: String], Bool)])
  func colours(isTerminal: Bool, environment: [String: String], isColoured: Bool) {
    let style = TextStyle.fits(isTerminal: isTerminal, environment: environment)
    #expect(style.isColoured == isColoured)
    #expect(style.paint("x", .red) == (isColoured ? "\u{1B}[31mx\u{1B}[0m" : "x"))
    #expect(style.paint("x", nil) == "x" && style.paint("", .red) == "")
  }
}
