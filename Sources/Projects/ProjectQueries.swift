import Journal
import Postgres

/// The statements of `Queries/`, under the names of their files.
package enum ProjectQueries {
  /// For the test that goes over all statements.
  package static let all: [any CheckedStatement] =
    [
      create, find, images, list, lock, update, delete, purge, isQuiet, end,
    ] + VersionedKind.projects.checkedStatements

  static let create = Query<(scope: CallScope, draft: ProjectDraft), StampColumns>(
    "create_project", PackageResources.create_project_sql, including: fragments,
    parameters(CallScope.parameters) { $0.scope } + [
      .init("title") { $0.draft.title },
      .init("search_language") { $0.draft.searchLanguage },
      .init("history_retention") { $0.draft.historyRetention.microseconds },
    ])
  static let find = Query<ProjectID, ProjectRow.Columns>(
    "find_project", PackageResources.find_project_sql, including: fragments, [project])
  static let images = Query<ChangedProject, ImageColumns>(
    "project_images", PackageResources.project_images_sql, including: fragments,
    [
      .init("project") { $0.project.text },
      .init("positions") { $0.positions },
    ])
  static let list = Query<ProjectPage, ProjectRow.Columns>(
    "list_projects", PackageResources.list_projects_sql, including: fragments,
    [
      .init("after") { $0.after },
      .init("limit") { $0.limit },
      .init("show_deleted") { $0.showDeleted },
    ])
  static let lock = Query<ProjectID, ProjectRow.Columns>(
    "lock_project", PackageResources.lock_project_sql, including: fragments, [project])
  static let update = Query<ProjectRow, NoColumns>(
    "update_project", PackageResources.update_project_sql,
    [
      .init("project") { $0.id.text },
      .init("title") { $0.title },
      .init("search_language") { $0.searchLanguage },
      .init("history_retention") { $0.historyRetention.microseconds },
    ])
  static let delete = Query<ProjectID, NoColumns>(
    "delete_project", PackageResources.delete_project_sql, [project])
  static let purge = Query<String, PurgeColumns>(
    "purge_project", PackageResources.purge_project_sql, [.init("project") { $0 }])
  static let isQuiet = Query<QuietProject, OneColumn<Bool>>(
    "project_is_quiet", PackageResources.project_is_quiet_sql,
    [
      .init("project") { $0.project },
      .init("transaction") { $0.transaction },
      .init("seconds") { $0.seconds },
    ])
  static let end = Query<String, NoColumns>(
    "end_project", PackageResources.end_project_sql, [.init("project") { $0 }])

  typealias ChangedProject = (project: ProjectID, positions: [Int64])
  typealias ProjectPage = (after: String, limit: Int64, showDeleted: Bool)
  typealias QuietProject = (project: String, transaction: Int64, seconds: Int64)

  private static let project = Parameter<ProjectID>("project") { $0.text }
  private static let fragments = SQLFragments(
    PackageResources.project_fragments_sql, including: .journal)

  struct ImageColumns: ColumnLayout {
    let project: ProjectRow.Columns
    let place: Column<Int>

    init(_ find: inout ColumnFinder) {
      project = ProjectRow.Columns(&find)
      place = find("place")
    }
  }

  struct PurgeColumns: ColumnLayout {
    let removed: Column<Int64>
    let isEmpty: Column<Bool>
    let transaction: Column<Int64>

    init(_ find: inout ColumnFinder) {
      removed = find("removed")
      isEmpty = find("is_empty")
      transaction = find("transaction")
    }
  }
}
