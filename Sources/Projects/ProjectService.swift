import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// `cairn.v1.ProjectService`. What a project is to calls in it, the journal knows: the first column of all its keys.
package struct ProjectService: ProjectServiceProvider {
  private let journal: Journal
  private let store: ProjectStore
  /// What changes left, for feeds of several kinds.
  package let resources: [ChangedResources<WellKnown.`Any`>]

  package init(journal: Journal, pool: PostgresPool) {
    self.journal = journal
    store = ProjectStore(journal: journal, pool: pool)
    resources = [store.changed.packed(journal)]
  }

  /// What keeps versions here, for ``Journal/register(_:)``.
  package var kinds: [VersionedKind] { [.projects] }

  /// What DeleteProject asks for, for those who run operations.
  package var purge: ProjectPurge { ProjectPurge() }

  package func createProject(_ request: CreateProjectRequest, _ call: CallContext) async throws(RPCError)
    -> Project
  {
    let draft = try ProjectDraft(validating: request)
    let scope = try await journal.scope(ofManaging: request, call)
    switch try await store.create(draft, in: scope) {
    case .written(nil): throw .projectExists(draft.id.text)
    case .written(let stamp): return Project(draft, scope.effect == .kept ? stamp : nil)
    case .repeated(let stored): return Project(draft, stored.stamp)
    }
  }

  package func getProject(_ request: GetProjectRequest, _ call: CallContext) async throws(RPCError) -> Project
  {
    var violations = Violations()
    let id = violations.projectID(request.id, at: "id")
    try violations.check()
    return Project(try await found(id))
  }

  package func updateProject(_ request: UpdateProjectRequest, _ call: CallContext) async throws(RPCError)
    -> Project
  {
    let update = try ProjectUpdate(validating: request)
    let scope = try await journal.scope(ofManaging: request, call)
    switch try await store.update(update, in: scope, answer: { Project($0).serializedBytes() }) {
    case .written(let row): return Project(row)
    case .repeated(let stored): return try stored.decoded()
    }
  }

  package func deleteProject(_ request: DeleteProjectRequest, _ call: CallContext) async throws(RPCError)
    -> Project
  {
    let id = try ProjectID(deletedBy: request)
    let scope = try await journal.scope(ofManaging: request, call)
    switch try await store.delete(id, in: scope, answer: { Project($0).serializedBytes() }) {
    case .written(let row): return Project(row)
    case .repeated(let stored):
      var project: Project = try stored.decoded()
      project.deleteTime = WellKnown.Timestamp(stored.stamp.at)
      return project
    }
  }

  package func listProjects(
    _ request: ListProjectsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListProjectsResponse {
    let seal = PageSeal(
      Fingerprint(parts: ["ListProjects"] + (request.showDeleted ? ["deleted"] : [])),
      try await journal.tokenKey())
    var violations = Violations()
    let size = violations.pageSize(request.pageSize)
    let after = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    let rows = try await store.list(
      after: after?.id ?? "", limit: size + 1, showDeleted: request.showDeleted)
    var response = ListProjectsResponse()
    response.projects = rows.prefix(size).map { Project($0) }
    if rows.count > size, let last = response.projects.last {
      response.nextPageToken = PageToken(time: 0, id: last.id).text(for: seal)
    }
    return try await journal.naming(response)
  }

  private func found(_ id: ProjectID) async throws(RPCError) -> ProjectRow {
    guard let row = try await store.find(id) else { throw .projectNotFound(id.text) }
    return row
  }
}

extension CreateProjectRequest: NamedRequest {}
extension UpdateProjectRequest: NamedRequest {}
extension DeleteProjectRequest: NamedRequest {}
extension ListProjectsResponse: JournalAnswer {}

extension Journal {
  /// Whose project nobody has asked for yet: the request may be about one that is not there.
  fileprivate func scope(
    ofManaging request: some NamedRequest, _ call: CallContext
  ) async throws(RPCError) -> CallScope {
    var scope = try await caller(call, request: request.requestKey)
    scope.effect = request.effect
    return scope
  }
}

extension Project {
  fileprivate init(_ draft: ProjectDraft, _ stamp: Stamp?) {
    self.init()
    id = draft.id.text
    title = draft.title
    searchLanguage = draft.searchLanguage
    historyRetention = draft.historyRetention.duration
    createTime = stamp.map { WellKnown.Timestamp($0.at) }
    position = stamp?.position ?? 0
  }
}

extension RPCError {
  fileprivate static func projectExists(_ id: String) -> RPCError {
    RPCError(
      .alreadyExists, .projectExists, about: .project(id),
      "a project \(id.quoted) exists already, or did: an id is never given to another one", ["project": id])
  }
}
