import CairnAPI
import Testing
import Wire

@testable import cairn

@Suite("Markdown and text files")
struct FrontMatterTests {
  @Test(
    "front matter is read line by line",
    arguments: [
      ("a: b", [("a", .text("b"))]), ("a:b", [("a", .text("b"))]), ("a: \"b: c\"", [("a", .text("b: c"))]),
      ("a: 'b'", [("a", .text("b"))]), ("a: [x, \"y z\", ]", [("a", .list(["x", "y z"]))]),
      ("a: [\"x, y\", it's, '']", [("a", .list(["x, y", "it's", ""]))]), ("a: []", [("a", .list([]))]),
      ("a:\n- x\n-  y\nb: c", [("a", .list(["x", "y"])), ("b", .text("c"))]),
      ("# comment\n\na: b # not one", [("a", .text("b # not one"))]),
      ("a: b\na: c", [("a", .text("b")), ("a", .text("c"))]),
      ("ключ: значение", [("ключ", .text("значение"))]),
    ] as [(String, [(String, FrontMatter.Value)])])
  func values(text: String, values: [(String, FrontMatter.Value)]) {
    let front = FrontMatter(text.split(separator: "\n", omittingEmptySubsequences: false))
    #expect(front.values.map(\.key) == values.map(\.0) && front.values.map(\.value) == values.map(\.1))
    #expect(front.rest.isEmpty)
  }

  @Test("what is not understood is kept as it stands")
  func rest() {
    let lines = ["a:", "  deep: 1", "just words", "- stray", "b: |", "  text"]
    #expect(FrontMatter(lines.map { $0[...] }).rest == ["  deep: 1", "just words", "  text"])
  }

  @Test(
    "a file is front matter and content only between two fences at its beginning",
    arguments: [
      ("---\na: b\n---\nText", "Text"), ("---\na: b\n---\n\n\nText", "\nText"), ("---\n---", ""),
      ("---\na: b", nil),
      ("\n---\na: b\n---\n", nil), ("Text\n---\n---\n", nil), ("--- \na: b\n ---\nText", "Text"), ("", nil),
    ] as [(String, String?)])
  func fences(text: String, rest: String?) {
    #expect(FrontMatter.split(text).map { String($0.rest) } == rest)
  }

  static func context(_ text: String, path: String = "a.md") throws -> Context {
    try TextDocument.context(path: path, bytes: Array(text.utf8), isMarkdown: path.hasSuffix("md")).get()
  }

  @Test("what it says goes where it belongs, the rest into the metadata")
  func fields() throws {
    let context = try Self.context(
      """
      ---
      ID: x
      Title: "A  title"
      author: ann
      session: s
      tags: a, b,, a
      type: Decision
      status: archived
      created: 2024-05-01
      modified: 2024-05-02 10:00
      rating: 5
      aliases: [one]
      ---
      Text
      """)
    #expect((context.id, context.title, context.owner, context.session) == ("x", "A title", "ann", "s"))
    #expect(context.tags == ["a", "b"] && context.type == .decision && context.status == .archived)
    #expect(context.createTime == WellKnown.Timestamp(seconds: 1_714_521_600))
    #expect(context.updateTime == WellKnown.Timestamp(seconds: 1_714_644_000))
    #expect(context.metadata?.fields.keys.sorted() == ["aliases", "rating"])
  }

  @Test("a value that cannot be read stays a text", arguments: ["type: poem", "date: soon", "tags:\n- "])
  func unreadable(line: String) throws {
    let context = try Self.context("---\n\(line)\n---\n# T")
    #expect(context.type == .document && context.createTime == nil && context.tags.isEmpty)
    #expect(context.title == "T")
  }

  @Test(
    "the title is the first heading, else the file's name",
    arguments: [
      ("a.md", "## no\n# Yes\n# Later", "Yes"), ("a.md", "```\n# code\n```\n# Yes", "Yes"),
      ("deep/a.b.md", "text", "a.b"), ("a.txt", "# no heading here", "a"), ("a.md", "#tag", "a"),
      (".md", "", "Untitled"),
    ])
  func titles(path: String, text: String, title: String) throws {
    #expect(try Self.context(text, path: path).title == title)
  }

  @Test(
    "paths are ids where they can be",
    arguments: [
      ("deep/a.md", "deep/a.md"), ("a\tb.md", ""), (String(repeating: "x", count: 126) + ".md", ""), ("", ""),
    ])
  func ids(path: String, id: String) throws {
    #expect(try TextDocument.context(path: path, bytes: [0x61], isMarkdown: true).get().id == id)
  }

  @Test(
    "other encodings than UTF-8 are told apart",
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x00], "UTF-16"), ([0xFE, 0xFF, 0x00, 0x61], "UTF-16"),
      ([0x63, 0xE9], "not UTF-8"),
      ([0x61, 0xC3], "not UTF-8"),
    ] as [([UInt8], String)])
  func encodings(bytes: [UInt8], text: String) throws {
    let error = #expect(throws: InputError.self) { try Encoding.text(bytes) }
    #expect(error?.description.contains(text) == true)
    #expect(try Encoding.text([0xEF, 0xBB, 0xBF, 0x61]) == "a")
  }
}
