import CairnAPI
import GRPC
import Journal
import Requests
import Testing
import Wire

@testable import Contexts

@Suite("Templates in templates")
struct TemplateFamilyTests {
  static func template(
    _ id: String, _ content: String, title: String = "T", variables: [String] = []
  ) throws -> Template {
    var template = Template()
    template.id = id
    template.content = content
    template.contextTitle = title
    template.variables = try variables.map { try TemplateVariableTests.variable($0) }
    return template
  }

  /// The family of the first template, with all others to be found.
  static func family(_ templates: [Template]) throws -> TemplateFamily {
    let root = templates[0]
    var family = TemplateFamily(root)
    while !family.wanted.isEmpty {
      try family.add(templates.filter { family.wanted.contains($0.id) })
    }
    return family
  }

  static func rendered(
    _ templates: [Template], _ values: String = "{}"
  ) throws -> (title: String, content: String) {
    try family(templates).rendered(with: metadata(values).fields)
  }

  @Test("each is looked up once, level by level")
  func lookups() throws {
    var family = TemplateFamily(try Self.template("a", "{{> b}}{{> c}}{{> a}}"))
    #expect(family.wanted == ["b", "c"])
    try family.add([try Self.template("b", "{{> c}}{{> d}}"), try Self.template("c", "{{> d}}{{> a}}")])
    #expect(family.wanted == ["d"])
    try family.add([try Self.template("d", "")])
    #expect(family.wanted == [] && family.members.keys.sorted() == ["b", "c", "d"])
  }

  @Test("one that is missing or deleted is named")
  func missing() throws {
    var family = TemplateFamily(try Self.template("a", "{{> b}}"))
    let error = #expect(throws: RPCError.self) { try family.add([]) }
    #expect(error?.reason == .templateNotFound && error?.particular("id") == "b")
    var deleted = try Self.template("b", "")
    deleted.deleteTime = WellKnown.Timestamp(seconds: 1)
    #expect(#expect(throws: RPCError.self) { try family.add([deleted]) }?.reason == .templateDeleted)
  }

  @Test(
    "a loop is named by its way, wherever it is",
    arguments: [
      (["a": "{{> a}}"], "a a"), (["a": "{{> b}}", "b": "{{> a}}"], "a b a"),
      (["a": "{{> b}}", "b": "{{> c}}", "c": "{{> b}}"], "b c b"),
      (["a": "{{> b}}{{> c}}", "b": "{{> c}}", "c": ""], nil), (["a": "\\{{> a}}"], nil),
    ] as [([String: String], String?)])
  func loops(contents: [String: String], loop: String?) throws {
    let templates = try contents.sorted { $0.key < $1.key }.map { try Self.template($0.key, $0.value) }
    let family = try Self.family(templates)
    if let loop {
      let error = #expect(throws: RPCError.self) { try family.rendered(with: [:]) }
      #expect(error?.reason == .templateLoop && error?.particular("loop") == loop)
    } else {
      _ = try family.rendered(with: [:])
    }
  }

  @Test("there are bounds to how many stand in one")
  func tooMany() throws {
    let places = (1...Limits.templateFamily).map { "{{> t\($0)}}" }
    var family = TemplateFamily(try Self.template("a", "{{> t0}}"))
    let error = #expect(throws: RPCError.self) {
      try family.add([try Self.template("t0", places.joined())])
    }
    #expect(error?.code == .invalidArgument)
    family = TemplateFamily(try Self.template("a", "{{> t0}}"))
    try family.add([try Self.template("t0", places.dropLast().joined())])
    #expect(family.wanted.count == Limits.templateFamily - 1)
  }

  static let string = #"{"type": "TYPE_STRING"}"#
  static let required = #"{"type": "TYPE_STRING", "required": true}"#
  static let withDefault = #"{"type": "TYPE_STRING", "required": true, "defaultValue": "d"}"#

  @Test(
    "values, defaults and nothing take their places",
    arguments: [
      (string, "{}", "<>"), (string, #"{"x": "v"}"#, "<v>"), (string, #"{"x": null}"#, "<>"),
      (withDefault, "{}", "<d>"), (withDefault, #"{"x": null}"#, "<d>"), (withDefault, #"{"x": ""}"#, "<>"),
      (required, "{}", nil), (required, #"{"x": null}"#, nil), (string, #"{"y": "v"}"#, nil),
      (string, #"{"x": "{{x}}{{> a}}"}"#, "<{{x}}{{> a}}>"),
    ] as [(String, String, String?)])
  func places(variable: String, values: String, content: String?) throws {
    let template = try Self.template("a", "<{{x}}>", variables: [variable])
    if let content {
      #expect(try Self.rendered([template], values).content == content)
    } else {
      #expect(
        #expect(throws: RPCError.self) { try Self.rendered([template], values) }?.reason == .fieldInvalid)
    }
  }

  @Test("those that stand in it bring their variables along; its own declaration counts")
  func declarations() throws {
    let inner = try Self.template("b", "({{x}})", variables: [Self.required])
    let plain = try Self.template("a", "{{> b}}")
    #expect(throws: RPCError.self) { try Self.rendered([plain, inner]) }
    #expect(try Self.rendered([plain, inner], #"{"x": "v"}"#).content == "(v)")
    let own = try Self.template("a", "{{> b}}{{> b}}", variables: [Self.withDefault])
    #expect(try Self.rendered([own, inner]).content == "(d)(d)")
  }

  @Test("titles that are empty or too long are refused")
  func titles() throws {
    let template = try Self.template("a", "", title: "{{x}}", variables: [Self.string])
    #expect(try Self.rendered([template], #"{"x": "t"}"#).title == "t")
    #expect(throws: RPCError.self) { try Self.rendered([template], #"{"x": " "}"#) }
    let long = String(repeating: "é", count: 1_025)
    #expect(throws: RPCError.self) { try Self.rendered([template], "{\"x\": \"\(long)\"}") }
  }

  @Test("what doubles with each level is cut where a context ends, and soon")
  func doubling() throws {
    var templates = [try Self.template("t0", "{{x}}", variables: [Self.string])]
    for level in 1...40 {
      templates.append(try Self.template("t\(level)", String(repeating: "{{> t\(level - 1)}}", count: 8)))
    }
    templates.reverse()
    #expect(try Self.rendered(templates).content == "")
    let error = #expect(throws: RPCError.self) { try Self.rendered(templates, #"{"x": "lol"}"#) }
    #expect(error?.message.contains("1048576 bytes") == true)
  }
}
