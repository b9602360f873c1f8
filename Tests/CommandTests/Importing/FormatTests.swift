import CairnAPI
import Testing
import Wire

@testable import cairn

@Suite("Foreign formats")
struct FormatTests {
  @Test(
    "are guessed where that is safe",
    arguments: [
      ("a.jsonl", "", .jsonLines), ("a.binpb", "", .protobuf), ("a.MD", "", .markdown), ("a.txt", "", .text),
      ("", "{\"context\":{}}", .jsonLines), ("x.json", "[{\"mapping\": {}}]", .chatGPT),
      ("x.json", "[{\"chat_messages\": []}]", .claude),
      ("x.json", "{\"results\": [{\"memory\": \"\"}]}", .mem0),
      ("x.json", "[{\"mapping\": 1, \"memory\": 2}]", nil), ("x.json", "[]", nil), ("x", "text", nil),
    ] as [(String, String, ImportFormat?)])
  func guess(name: String, head: String, format: ImportFormat?) {
    #expect(ImportFormat.guess(name: name, head: Array(head.utf8)) == format)
  }

  @Test("times are read as people write them")
  func times() {
    for text in ["2024-05-01", "2024-05-01 00:00", "2024-05-01T00:00:00", "2024-05-01T02:00:00+02:00"] {
      #expect(WellKnown.Timestamp(written: text) == WellKnown.Timestamp(seconds: 1_714_521_600), "\(text)")
    }
    for text in ["", "soon", "2024-13-01", "2024-05-0é", "1/2/2024"] {
      #expect(WellKnown.Timestamp(written: text) == nil, "\(text)")
    }
    #expect(JSONValue.number("1.5").time == WellKnown.Timestamp(seconds: 1, nanos: 500_000_000))
    #expect(JSONValue.number("1e300").time == nil)
  }

  @Test("front matter ends at its fence, and what it does not understand is kept")
  func frontMatter() throws {
    let text = "---\ntitle: 'A: b'\ntags:\n- x\n- y\nnested:\n  deep: 1\nstatus: odd\n---\n\nBody\n---\n"
    let context = try TextDocument.context(path: "a/b.md", bytes: Array(text.utf8), isMarkdown: true).get()
    #expect(context.title == "A: b")
    #expect(context.tags == ["x", "y"])
    #expect(context.content == "Body\n---\n")
    #expect(context.metadata?.fields["status"] == WellKnown.Value(.stringValue("odd")))
    #expect(context.metadata?.fields["front_matter"] == WellKnown.Value(.stringValue("  deep: 1")))
    let without = try TextDocument.context(path: "b.md", bytes: Array("---\nno end".utf8), isMarkdown: true)
      .get()
    #expect(without.content == "---\nno end" && without.title == "b")
  }

  @Test("long conversations become parts, cut between messages where that is possible")
  func parts() {
    var transcript = Transcript(source: "s", id: "1", title: "T")
    transcript.messages = (0..<5).map { _ in .init(speaker: "U", text: String(repeating: "é", count: 40)) }
    let parts = transcript.contexts(limit: 200)
    #expect(parts.map(\.id) == ["s-1", "s-1/2", "s-1/3"])
    #expect(parts.map(\.title) == ["T (1/3)", "T (2/3)", "T (3/3)"])
    #expect(parts.allSatisfy { $0.content.utf8.count <= 200 && $0.content.hasPrefix("**U**") })
    transcript.messages = [.init(speaker: "U", text: String(repeating: "漢", count: 200))]
    let cut = transcript.contexts(limit: 100)
    #expect(cut.allSatisfy { $0.content.utf8.count <= 100 })
    #expect(cut.map(\.content).joined() == "**U**\n\n" + String(repeating: "漢", count: 200) + "\n\n")
  }
}
