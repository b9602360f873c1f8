import CairnAPI
import Testing
import Wire

@testable import Contexts

@Suite struct DifferenceTests {
  private func context(_ fill: (inout Context) -> Void = { _ in }) -> Context {
    var context = Context()
    context.title = "title"
    context.type = .note
    context.status = .active
    fill(&context)
    return context
  }

  private func paths(_ old: Context?, _ new: Context) -> [String] {
    FieldDiff.list(from: old, to: new).map(\.path)
  }

  @Test("each field that differs is named, and nothing that every write changes")
  func fields() {
    let old = context()
    let new = context {
      $0.title = "new"
      $0.type = .code
      $0.status = .draft
      $0.mediaType = "text/plain"
      $0.owner = "o"
      $0.session = "s"
      $0.tags = ["t"]
      $0.deleteTime = WellKnown.Timestamp(seconds: 1)
      $0.expireTime = WellKnown.Timestamp(seconds: 2)
      $0.content = "c"
      $0.data = [1]
      $0.version = 2
      $0.etag = "7"
      $0.position = 7
      $0.updateTime = WellKnown.Timestamp(seconds: 3)
    }
    #expect(paths(old, old) == [])
    #expect(
      paths(old, new) == [
        "title", "type", "status", "media_type", "owner", "session", "tags", "delete_time", "expire_time",
      ])
    #expect(paths(nil, old) == ["title", "type", "status"])
    let times = FieldDiff.list(from: old, to: new).suffix(2)
    #expect(
      times.map(\.toValue?.kind) == [
        .stringValue("1970-01-01T00:00:01Z"), .stringValue("1970-01-01T00:00:02Z"),
      ])
    #expect(times.allSatisfy { $0.fromValue == nil })
  }

  @Test("texts that look the same but are written with other code points differ")
  func codePoints() {
    let composed = context { $0.title = "\u{e9}" }
    let decomposed = context { $0.title = "e\u{301}" }
    #expect(paths(composed, decomposed) == ["title"])
    #expect(LineDiff(from: "\u{e9}", to: "e\u{301}")?.addedLines == 1)
  }

  @Test(
    "metadata are compared entry by entry",
    arguments: [
      (nil, nil, []), ("{}", "{}", []), (nil, "{}", ["metadata"]), ("{}", nil, ["metadata"]),
      (nil, #"{"a":1}"#, ["metadata.a"]), (#"{"a":1}"#, "{}", ["metadata.a"]),
      (#"{"a":1,"b":2}"#, #"{"b":3,"c":4}"#, ["metadata.a", "metadata.b", "metadata.c"]),
      (#"{"a":{"b":{"c":1}}}"#, #"{"a":{"b":{"c":2}}}"#, ["metadata.a.b.c"]),
      (#"{"a":{"b":1}}"#, #"{"a":1}"#, ["metadata.a"]), (#"{"a":[1]}"#, #"{"a":[1,2]}"#, ["metadata.a"]),
      (#"{"a":{}}"#, #"{"a":{"b":null}}"#, ["metadata.a.b"]),
      (#"{"":1,"a b":1,"a.b":1}"#, "{}", ["metadata.``", "metadata.`a b`", "metadata.`a.b`"]),
      // No path names such a key.
      (#"{"x":{"a`b":1,"c":1},"y":1}"#, #"{"x":{"c":2},"y":2}"#, ["metadata.x", "metadata.y"]),
    ] as [(String?, String?, [String])])
  func metadataEntries(_ old: String?, _ new: String?, _ expected: [String]) {
    let old = context { $0.metadata = old.map(metadata) }
    let new = context { $0.metadata = new.map(metadata) }
    #expect(paths(old, new) == expected)
    let back = FieldDiff.list(from: new, to: old)
    #expect(back.map(\.path) == expected)
    #expect(back.map(\.fromValue) == FieldDiff.list(from: old, to: new).map(\.toValue))
  }

  @Test(
    "hunks show three lines around a change, and share them where they meet",
    arguments: [
      (1...10, [5], ["2 7 2 7"]), (1...10, [1], ["1 4 1 4"]), (1...10, [10], ["7 4 7 4"]),
      (1...30, [5, 12], ["2 14 2 14"]), (1...30, [5, 13], ["2 7 2 7", "10 7 10 7"]),
    ] as [(ClosedRange<Int>, [Int], [String])])
  func hunks(_ lines: ClosedRange<Int>, _ changed: [Int], _ expected: [String]) throws {
    let old = lines.map { "line \($0)" }.joined(separator: "\n")
    let new = lines.map { changed.contains($0) ? "other \($0)" : "line \($0)" }.joined(separator: "\n")
    let difference = try #require(LineDiff(from: old, to: new))
    let found = difference.hunks.map { "\($0.fromLine) \($0.fromCount) \($0.toLine) \($0.toCount)" }
    #expect(found == expected)
    #expect(!difference.truncated && !difference.coarse)
  }

  @Test("the same texts have no difference, and an end without a line feed is one")
  func ends() throws {
    #expect(LineDiff(from: "a\nb", to: "a\nb") == nil)
    let difference = try #require(LineDiff(from: "a", to: "a\n"))
    #expect((difference.removedLines, difference.addedLines) == (0, 1))
    #expect(difference.hunks[0].lines.map(\.text) == ["a", ""])
    let emptied = try #require(LineDiff(from: "a\nb", to: ""))
    #expect((emptied.removedLines, emptied.addedLines) == (2, 1))
  }

  @Test("a difference that is too large ends early, and still says how large it is")
  func bounds() throws {
    let old = (0..<100).map { "old \($0)" }.joined(separator: "\n")
    let new = (0..<50).map { "new \($0)" }.joined(separator: "\n")
    for bounds in [LineDiff.Bounds(lines: 30), LineDiff.Bounds(bytes: 30 * 6)] {
      let difference = try #require(LineDiff(from: old, to: new, bounds: bounds))
      #expect(difference.truncated)
      #expect((difference.removedLines, difference.addedLines) == (100, 50))
      #expect((20...32).contains(difference.hunks[0].lines.count))
      #expect(difference.hunks[0].fromCount == Int32(difference.hunks[0].lines.count))
      #expect(difference.hunks[0].toCount == 0)
    }
  }
}
