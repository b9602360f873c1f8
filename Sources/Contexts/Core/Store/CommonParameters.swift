import Journal
import Postgres

/// A row of a project.
typealias IDInProject = (project: ProjectID, id: String)

/// Several rows of a project.
typealias IDsInProject = (project: ProjectID, ids: [String])

/// What most statements are given.
enum CommonParameters {
  static let project = Parameter<ProjectID>("project") { $0.text }
  static let id: [Parameter<IDInProject>] = [.init("project") { $0.project.text }, .init("id") { $0.id }]
  static let ids: [Parameter<IDsInProject>] = [.init("project") { $0.project.text }, .init("ids") { $0.ids }]
}
