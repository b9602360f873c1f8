import CairnAPI
import GRPC
import Journal
import Requests
import TestSupport
import Testing
import Wire

@testable import Projects

@Suite struct ProjectDraftTests {
  private static let long = String(repeating: "x", count: 1_025)

  private func project(_ id: String, title: String = "", language: String = "") -> Project {
    var project = Project()
    project.id = id
    project.title = title
    project.searchLanguage = language
    return project
  }

  @Test(
    "an id has 1 to 63 small letters, digits, dashes, underscores and dots, and begins with one of the first two",
    arguments: [
      ("a", true), ("0", true), ("a-b_c.d", true), (String(repeating: "x", count: 63), true), ("", false),
      ("A", false), ("-a", false), (".a", false), ("a b", false), ("ä", false), ("a\n", false),
      (String(repeating: "x", count: 64), false),
    ])
  func ids(_ id: String, _ isFine: Bool) throws {
    var request = CreateProjectRequest()
    request.project = project(id)
    let wrong = try wrongFields { () throws(RPCError) in _ = try ProjectDraft(validating: request) }
    #expect(wrong == (isFine ? [] : ["project.id"]))
  }

  @Test("a project without a language has `simple`, and everything wrong is named at once")
  func creation() throws {
    var request = CreateProjectRequest()
    request.project = project("a", title: "A", language: "english")
    let draft = try ProjectDraft(validating: request)
    #expect((draft.id.text, draft.title, draft.searchLanguage) == ("a", "A", "english"))
    request.project = project("a")
    #expect(try ProjectDraft(validating: request).searchLanguage == "simple")

    request.project = project("A", title: Self.long, language: "klingon")
    request.requestId = "a\nb"
    let wrong = try wrongFields { () throws(RPCError) in _ = try ProjectDraft(validating: request) }
    #expect(wrong == ["project.id", "project.title", "project.search_language", "request_id"])
    request.project = nil
    let missing = try wrongFields { () throws(RPCError) in _ = try ProjectDraft(validating: request) }
    #expect(missing == ["project", "project.id", "request_id"])
  }

  typealias Update = (paths: [String]?, title: String, language: String, changes: [String?])

  static let updates: [Update] = [
    (nil, "A", "", ["A", nil]), (nil, "A", "german", ["A", "german"]), (["title"], "", "german", ["", nil]),
    (["search_language"], "A", "", [nil, "simple"]), (["*"], "", "", ["", "simple"]),
  ]

  @Test("an update changes what its mask names, else what has a value", arguments: updates.indices)
  func updating(_ index: Int) throws {
    let (paths, title, language, changes) = Self.updates[index]
    var request = UpdateProjectRequest()
    request.project = project("a", title: title, language: language)
    if let paths {
      request.updateMask = WellKnown.FieldMask()
      request.updateMask?.paths = paths
    }
    let update = try ProjectUpdate(validating: request)
    #expect([update.title, update.searchLanguage] == changes)
  }

  @Test(
    "an update of nothing, or of what only the server sets, is refused",
    arguments: [[], ["position"], ["id"]])
  func masks(_ paths: [String]) throws {
    var request = UpdateProjectRequest()
    request.project = project("a")
    request.updateMask = WellKnown.FieldMask()
    request.updateMask?.paths = paths
    let wrong = try wrongFields { () throws(RPCError) in _ = try ProjectUpdate(validating: request) }
    #expect(wrong == ["update_mask"])
  }

  @Test("the project `default` is never deleted", arguments: [("a", []), ("default", ["id"]), ("", ["id"])])
  func deletion(_ id: String, _ wrong: [String]) throws {
    var request = DeleteProjectRequest()
    request.id = id
    let found = try wrongFields { () throws(RPCError) in _ = try ProjectID(deletedBy: request) }
    #expect(found == wrong)
  }
}
