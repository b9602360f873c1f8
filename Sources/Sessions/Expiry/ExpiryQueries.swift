import Journal
import Postgres

/// The statements of the sweep, under the names of their files.
enum ExpiryQueries {
  static let all: [any CheckedStatement] = [projects, postpone, expired, lookAgain]

  static let projects = Query<Void, OneColumn<String>>(
    "projects_with_looks", PackageResources.projects_with_looks_sql)
  static let postpone = Query<Batch, NoColumns>(
    "postpone_looks", PackageResources.postpone_looks_sql, batch)
  static let expired = Query<Batch, OneColumn<String>>(
    "expired_sessions", PackageResources.expired_sessions_sql, batch)
  static let lookAgain = Query<(project: ProjectID, ids: [String]), NoColumns>(
    "look_again", PackageResources.look_again_sql,
    [.init("project") { $0.project.text }, .init("ids") { $0.ids }])

  /// So many at once.
  typealias Batch = (project: ProjectID, limit: Int)

  private static let batch: [Parameter<Batch>] = [
    .init("project") { $0.project.text }, .init("limit") { $0.limit },
  ]
}
