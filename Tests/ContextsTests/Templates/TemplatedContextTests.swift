import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct TemplatedContextTests {
  typealias Case = (change: @Sendable (inout CreateContextFromTemplateRequest) -> Void, wrong: [String])

  private static func context(
    _ fill: @escaping @Sendable (inout Context) -> Void
  ) -> @Sendable (inout CreateContextFromTemplateRequest) -> Void {
    {
      var context = Context()
      fill(&context)
      $0.context = context
    }
  }

  static let cases: [Case] = [
    ({ _ in }, []),
    (context { _ in }, []),
    ({ $0.templateId = "" }, ["template_id"]),
    ({ $0.templateId = String(repeating: "x", count: 128) }, []),
    ({ $0.templateId = String(repeating: "x", count: 129) }, ["template_id"]),
    ({ $0.requestId = String(repeating: "x", count: 129) }, ["request_id"]),
    (context { $0.title = "t" }, ["context.title"]),
    (context { $0.content = "\0" }, ["context.content"]),
    (context { $0.data = [0] }, ["context.data"]),
    (context { $0.type = .note }, ["context.type"]),
    (context { $0.type = .unrecognized(.max) }, ["context.type"]),
    (context { $0.mediaType = "text/plain" }, ["context.media_type"]),
    (context { $0.tags = (0..<64).map(String.init) }, []),
    (context { $0.tags = (0..<65).map(String.init) }, ["context.tags"]),
    (context { $0.tags = ["", "\u{e9}", "e\u{301}", "\u{e9}"] }, ["context.tags[0]", "context.tags[3]"]),
    (
      {
        context {
          ($0.title, $0.content, $0.data, $0.mediaType) = ("t", "c", [1], "x")
          ($0.type, $0.tags) = (.plan, [""])
        }(&$0)
        ($0.templateId, $0.requestId) = ("a\n", "\0")
      },
      [
        "template_id", "request_id", "context.title", "context.content", "context.data", "context.type",
        "context.media_type", "context.tags[0]",
      ]
    ),
  ]

  @Test(
    "everything wrong with a request is named, and what the template decides is left to it",
    arguments: cases.indices)
  func validation(_ index: Int) throws {
    let change = Self.cases[index].change
    let wrong = try wrongFields { () throws(RPCError) in _ = try Self.templated(change) }
    #expect(wrong == Self.cases[index].wrong)
  }

  private static func templated(
    _ change: (inout CreateContextFromTemplateRequest) -> Void = { _ in }
  ) throws(RPCError) -> TemplatedContext {
    var request = CreateContextFromTemplateRequest()
    request.templateId = "t"
    change(&request)
    return try TemplatedContext(validating: request)
  }

  /// A template `t` of version 3 with the variable `x` in its title and its content.
  private static func family(_ change: (inout Template) -> Void = { _ in }) throws -> TemplateFamily {
    var template = try TemplateFamilyTests.template(
      "t", "Dear {{x}}", title: "To {{x}}", variables: [TemplateFamilyTests.withDefault])
    (template.version, template.type, template.mediaType) = (3, .document, "text/markdown")
    change(&template)
    return TemplateFamily(template)
  }

  @Test("the template gives title, content, type and media type, and all else is the caller's")
  func draft() throws {
    let draft = try Self.templated {
      $0.values["x"] = WellKnown.Value(.stringValue("v"))
      Self.context {
        ($0.id, $0.owner, $0.session, $0.status) = ("e\u{301}", "o", "s", .draft)
        $0.expireTime = WellKnown.Timestamp(seconds: 7)
      }(&$0)
    }.draft(from: try Self.family())
    let context = draft.context
    #expect(context.title == "To v" && context.content == "Dear v")
    #expect(context.type == .document && context.mediaType == "text/markdown")
    #expect(context.owner == "o" && context.session == "s" && context.status == .draft)
    #expect(context.expireTime == WellKnown.Timestamp(seconds: 7))
    #expect(draft.id.map { Array($0.utf8) } == [0x65, 0xcc, 0x81])
  }

  @Test("a request without a context gives one with the defaults")
  func bare() throws {
    let draft = try Self.templated().draft(from: try Self.family { $0.type = .unspecified })
    #expect(draft.id == nil && draft.context.title == "To d" && draft.context.content == "Dear d")
    #expect(draft.context.type == .note && draft.context.status == .active && draft.context.tags == [])
  }

  @Test(
    "tags are the template's, then the caller's that are others by their bytes",
    arguments: [
      ([], [], []), (["a"], [], ["a"]), ([], ["b"], ["b"]), (["b", "a"], ["a", "c"], ["b", "a", "c"]),
      (["\u{e9}"], ["e\u{301}", "\u{e9}"], ["\u{e9}", "e\u{301}"]),
    ] as [([String], [String], [String])])
  func tags(_ fixed: [String], _ own: [String], _ expected: [String]) throws {
    let draft = try Self.templated(Self.context { $0.tags = own })
      .draft(from: try Self.family { $0.tags = fixed })
    #expect(draft.context.tags.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
  }

  @Test("as many tags as a context may have, those of both together", arguments: [(32, true), (33, false)])
  func tooManyTags(_ own: Int, _ isFine: Bool) throws {
    let wrong = try wrongFields { () throws(RPCError) in
      let family = TemplateFamily(
        Template.with {
          ($0.id, $0.contextTitle, $0.tags) = ("t", "title", (0..<32).map { "t\($0)" })
        })
      _ = try Self.templated(Self.context { $0.tags = (0..<own).map { "c\($0)" } }).draft(from: family)
    }
    #expect(wrong == (isFine ? [] : ["context.tags"]))
  }

  @Test(
    "metadata say which version of which template it was, unless they say something else",
    arguments: [
      (nil, #"{"template":{"id":"t","version":3}}"#), ("{}", #"{"template":{"id":"t","version":3}}"#),
      (#"{"a":1}"#, #"{"a":1,"template":{"id":"t","version":3}}"#),
      (#"{"template":null}"#, #"{"template":null}"#), (#"{"template":"mine"}"#, #"{"template":"mine"}"#),
      (#"{"Template":1}"#, #"{"Template":1,"template":{"id":"t","version":3}}"#),
    ])
  func origin(_ given: String?, _ expected: String) throws {
    let draft = try Self.templated(Self.context { $0.metadata = given.map(metadata) })
      .draft(from: try Self.family())
    #expect(draft.context.metadata == metadata(expected))
  }

  typealias Made = (change: @Sendable (inout Context) -> Void, wrong: [String])

  /// What is wrong only once the template has done its part.
  static let made: [Made] = [
    ({ _ in }, []),
    ({ $0.id = "a\n" }, ["context.id"]),
    ({ $0.owner = String(repeating: "x", count: 129) }, ["context.owner"]),
    ({ $0.session = "\0" }, ["context.session"]),
    ({ $0.status = .unrecognized(-1) }, ["context.status"]),
    ({ $0.expireTime = WellKnown.Timestamp(seconds: .max) }, ["context.expire_time"]),
    // Of the right size as they are; with the template's entry they are too large.
    (
      { $0.metadata = metadata(#"{"a":""# + String(repeating: "x", count: 65_500) + #""}"#) },
      ["context.metadata"]
    ),
    ({ $0.metadata = metadata(#"{"template":""# + String(repeating: "x", count: 65_500) + #""}"#) }, []),
  ]

  @Test("everything wrong with the context that comes out is named", arguments: made.indices)
  func results(_ index: Int) throws {
    let family = try Self.family()
    let wrong = try wrongFields { () throws(RPCError) in
      _ = try Self.templated(Self.context(Self.made[index].change)).draft(from: family)
    }
    #expect(wrong == Self.made[index].wrong)
  }

  @Test("values that the template has no place for are wrong, and so is what they make")
  func values() throws {
    let family = try Self.family()
    func wrong(_ name: TextKey, _ value: String) throws -> [String] {
      try wrongFields { () throws(RPCError) in
        _ = try Self.templated { $0.values[name] = WellKnown.Value(.stringValue(value)) }.draft(from: family)
      }
    }
    #expect(try wrong("x", "v") == [] && wrong("y", "v") == ["values.y"])
    #expect(try wrong("x", String(repeating: "x", count: 1_021)) == [])
    #expect(try wrong("x", String(repeating: "x", count: 1_022)) == ["values"])
    #expect(try wrong("x", "a\0") == ["values.x"])
  }
}
