import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct TemplateDraftTests {
  private static let letter = {
    var template = Template()
    (template.title, template.contextTitle, template.content) = (
      "Letter", "To {{name}}", "Dear {{name}} {{> end}}"
    )
    var name = TemplateVariable()
    (name.name, name.type) = ("name", .string)
    template.variables = [name]
    return template
  }()

  typealias Case = (change: @Sendable (inout Template) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.id = "a\n" }, ["definition.id"]),
    ({ $0.title = "" }, ["definition.title"]),
    ({ $0.contextTitle = "" }, ["definition.context_title"]),
    ({ $0.description = String(repeating: "x", count: 4_097) }, ["definition.description"]),
    ({ $0.contextTitle = "{{> end}}" }, ["definition.context_title"]),
    ({ $0.content = "{{other}}" }, ["definition.content"]),
    ({ $0.content = "{{" }, ["definition.content"]),
    ({ $0.content = String(repeating: "x", count: 262_145) }, ["definition.content"]),
    ({ $0.content = (0..<17).map { "{{> t\($0)}}" }.joined() }, ["definition.content"]),
    ({ $0.tags = [""] }, ["definition.tags[0]"]),
    ({ $0.type = .unrecognized(99) }, ["definition.type"]),
    ({ $0.mediaType = "x" }, ["definition.media_type"]),
  ]

  @Test("everything wrong with a template is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var template = Self.letter
    Self.cases[index].change(&template)
    var violations = Violations()
    _ = TemplateDraft(validating: template, at: "definition", &violations)
    #expect(try wrongFields { () throws(RPCError) in try violations.check() } == Self.cases[index].wrong)
  }

  @Test("a draft has what a client decides, and names the templates that stand in it")
  func definition() {
    var template = Self.letter
    (template.id, template.version, template.etag, template.position) = ("letter", 7, "x", 9)
    var violations = Violations()
    let draft = TemplateDraft(validating: template, at: "definition", &violations)
    #expect(draft.id == "letter" && draft.included == ["end"] && draft.template == Self.letter)
  }

  private func update(_ paths: [String], _ change: (inout Template) -> Void) throws -> TemplateUpdate {
    var request = UpdateTemplateRequest()
    var template = Template()
    template.id = "letter"
    change(&template)
    request.definition = template
    if !paths.isEmpty {
      request.updateMask = WellKnown.FieldMask()
      request.updateMask?.paths = paths
    }
    return try TemplateUpdate(validating: request)
  }

  @Test("an update changes what its mask names, else what has a value, and is checked as a whole")
  func updating() throws {
    let titled = try update([]) { $0.title = "New" }.applied(to: Self.letter)
    #expect(titled.template.title == "New" && titled.template.content == Self.letter.content)
    let cleared = try update(["content", "description"]) { $0.title = "unnamed" }.applied(to: Self.letter)
    #expect(cleared.template.content == "" && cleared.template.title == "Letter")
    // Without its variable the title that is stored cannot be.
    let bare = try update(["variables"]) { _ in }
    #expect(
      try wrongFields { () throws(RPCError) in _ = try bare.applied(to: Self.letter) }
        == ["definition.context_title", "definition.content"])
  }

  @Test("what was checked before the lock counts as long as nobody changed the template")
  func prepared() throws {
    var stored = Self.letter
    stored.version = 2
    let update = try update([]) { $0.title = "New" }
    let draft = try update.applied(to: Self.letter)
    let prepared = PreparedTemplateUpdate(update: update, checked: (2, draft))
    #expect(try prepared.applied(to: stored).template == draft.template)
    stored.version = 3
    stored.content = "changed meanwhile"
    #expect(try prepared.applied(to: stored).template.content == "changed meanwhile")
  }
}
