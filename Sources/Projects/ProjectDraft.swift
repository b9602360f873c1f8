import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A project that may be made.
struct ProjectDraft {
  let id: ProjectID
  let title: String
  let searchLanguage: String
  let historyRetention: HistoryRetention

  init(validating request: CreateProjectRequest) throws(RPCError) {
    var violations = Violations()
    let project = request.project ?? Project()
    if request.project == nil { violations.add("must be set", at: "project") }
    let id = violations.projectID(project.id, at: "project.id")
    violations.text(project.title, at: "project.title", atMost: Limits.titleLength)
    violations.searchLanguage(project.searchLanguage, at: "project.search_language")
    let retention = violations.retention(project.historyRetention, at: "project.history_retention")
    violations.requestID(request.requestId)
    try violations.check()
    self.id = id
    title = project.title
    searchLanguage = project.searchLanguage.orSimple
    historyRetention = retention
  }
}

/// A change of a project that may be made.
struct ProjectUpdate {
  let id: ProjectID
  /// Nil: stays as it is.
  let title: String?
  let searchLanguage: String?
  let historyRetention: HistoryRetention?

  init(validating request: UpdateProjectRequest) throws(RPCError) {
    var violations = Violations()
    let project = request.project ?? Project()
    if request.project == nil { violations.add("must be set", at: "project") }
    let id = violations.projectID(project.id, at: "project.id")
    violations.text(project.title, at: "project.title", atMost: Limits.titleLength)
    violations.searchLanguage(project.searchLanguage, at: "project.search_language")
    let retention = violations.retention(project.historyRetention, at: "project.history_retention")
    let mask = UpdateMask<ProjectField>(
      validating: request.updateMask, of: project, at: "update_mask", &violations)
    violations.requestID(request.requestId)
    try violations.check()
    self.id = id
    title = mask.fields.contains(.title) ? project.title : nil
    searchLanguage = mask.fields.contains(.searchLanguage) ? project.searchLanguage.orSimple : nil
    historyRetention = mask.fields.contains(.historyRetention) ? retention : nil
  }
}

extension ProjectID {
  /// The project that a request deletes: any but `default`.
  init(deletedBy request: DeleteProjectRequest) throws(RPCError) {
    var violations = Violations()
    self = violations.projectID(request.id, at: "id")
    if request.id == ProjectID.default.text {
      violations.add("must not be `default`, which is always there", at: "id")
    }
    violations.requestID(request.requestId)
    try violations.check()
  }
}

/// The fields of a project that a client may change.
enum ProjectField: String, UpdatableField {
  case title
  case searchLanguage = "search_language"
  case historyRetention = "history_retention"

  static let resource = "project"
  static let outputOnly: Set<String> = ["id", "create_time", "position", "delete_time"]
  static let metadataField: ProjectField? = nil

  func isSet(in project: Project) -> Bool {
    switch self {
    case .title: !project.title.isEmpty
    case .searchLanguage: !project.searchLanguage.isEmpty
    case .historyRetention: project.historyRetention != nil
    }
  }
}

extension String {
  /// The language of searches when none is named.
  fileprivate var orSimple: String { isEmpty ? "simple" : self }
}

extension Violations {
  /// A configuration that every PostgreSQL has, or nothing.
  fileprivate mutating func searchLanguage(_ value: String, at field: String) {
    if value.isEmpty || searchLanguages.contains(value) { return }
    add("must be one of \(searchLanguages.joined(separator: ", ")), not \(value.quoted)", at: field)
  }

  /// From 1 second to 100 years, or nothing.
  fileprivate mutating func retention(_ value: WellKnown.Duration?, at field: String) -> HistoryRetention {
    guard let value else { return .forEver }
    guard let retention = HistoryRetention(value) else {
      add("must be from 1 second to 100 years; absent for ever", at: field)
      return .forEver
    }
    return retention
  }

  /// The project that `text` names.
  mutating func projectID(_ text: String, at field: String) -> ProjectID {
    if let id = ProjectID(text) { return id }
    add(
      "must be 1 to 63 lower-case letters, digits, `-`, `_` or `.`, the first a letter or a digit",
      at: field)
    return .default
  }
}

/// The text search configurations of PostgreSQL 15; later versions have these, too.
private let searchLanguages = [
  "simple", "arabic", "armenian", "basque", "catalan", "danish", "dutch", "english", "finnish", "french",
  "german", "greek", "hindi", "hungarian", "indonesian", "irish", "italian", "lithuanian", "nepali",
  "norwegian", "portuguese", "romanian", "russian", "serbian", "spanish", "swedish", "tamil", "turkish",
  "yiddish",
]
