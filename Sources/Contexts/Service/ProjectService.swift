import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// `cairn.v1.ProjectService`. The journal keeps the projects: they are the first column of all its keys.
package struct ProjectService: ProjectServiceProvider {
  let journal: Journal

  package init(journal: Journal) { self.journal = journal }

  package func createProject(_ request: CreateProjectRequest, _ call: CallContext) async throws(RPCError)
    -> Project
  {
    let draft = try ProjectDraft(validating: request)
    var scope = try CallScope(metadata: call.metadata, path: call.path)
    scope.request = RequestKey(request.requestId, of: request)
    if request.validateOnly {
      guard try await journal.findProject(draft.id) == nil else { throw .projectExists(draft.id.text) }
      return Project(draft, nil)
    }
    switch try await journal.createProject(
      draft.id, title: draft.title, searchLanguage: draft.searchLanguage, scope, answer: { [] })
    {
    case .written(nil): throw .projectExists(draft.id.text)
    case .written(let stamp): return Project(draft, stamp)
    case .repeated(let stored): return Project(draft, stored.stamp)
    }
  }

  package func getProject(_ request: GetProjectRequest, _ call: CallContext) async throws(RPCError) -> Project
  {
    var violations = Violations()
    let id = violations.projectID("id", request.id)
    try violations.check()
    guard let row = try await journal.findProject(id) else { throw .projectNotFound(id.text) }
    return Project(row)
  }

  package func updateProject(_ request: UpdateProjectRequest, _ call: CallContext) async throws(RPCError)
    -> Project
  {
    let update = try ProjectUpdate(validating: request)
    var scope = try CallScope(metadata: call.metadata, path: call.path)
    scope.project = update.id
    scope.request = RequestKey(request.requestId, of: request)
    if request.validateOnly {
      guard let row = try await journal.findProject(update.id) else { throw .projectNotFound(update.id.text) }
      return Project(row.updated(title: update.title, searchLanguage: update.searchLanguage))
    }
    switch try await journal.updateProject(
      title: update.title, searchLanguage: update.searchLanguage, scope,
      answer: { Project($0).serializedBytes() })
    {
    case .written(nil): throw .projectNotFound(update.id.text)
    case .written(let row?): return Project(row)
    case .repeated(let stored): return try stored.decoded()
    }
  }

  package func listProjects(
    _ request: ListProjectsRequest, _ call: CallContext
  ) async throws(RPCError) -> ListProjectsResponse {
    let seal = PageSeal(
      Fingerprint(parts: ["ListProjects"]), try await journal.tokenKey())
    var violations = Violations()
    let size = violations.pageSize(request.pageSize)
    let after = violations.pageToken(request.pageToken, seal)
    try violations.check()
    let rows = try await journal.listProjects(after: after?.id ?? "", limit: size + 1)
    var response = ListProjectsResponse()
    response.projects = rows.prefix(size).map { Project($0) }
    if rows.count > size, let last = response.projects.last {
      response.nextPageToken = PageToken(time: 0, id: last.id).text(for: seal)
    }
    return response
  }
}

extension Project {
  fileprivate init(_ draft: ProjectDraft, _ stamp: Stamp?) {
    self.init()
    id = draft.id.text
    title = draft.title
    searchLanguage = draft.searchLanguage
    createTime = stamp.map { WellKnown.Timestamp($0.at) }
    position = stamp?.position ?? 0
  }

  fileprivate init(_ row: ProjectRow) {
    self.init()
    id = row.id.text
    title = row.title
    createTime = WellKnown.Timestamp(row.createTime)
    position = row.position
    searchLanguage = row.searchLanguage
  }
}
