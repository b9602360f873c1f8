import CairnAPI
import Journal
import Postgres

/// The statements on versions, under the names of their files.
enum VersionQueries {
  static let all: [any CheckedStatement] = [get, list, find]

  static let get = Query<(project: ProjectID, lookup: VersionLookup), FoundVersions.Columns>(
    "get_context_versions", PackageResources.get_context_versions_sql, including: .contexts,
    [
      .init("project") { $0.project.text },
      .init("id") { $0.lookup.id },
      .init("version") { $0.lookup.version },
      .init("other") { $0.lookup.other },
      .init("is_full") { $0.lookup.detail == .full },
    ])
  static let list = Query<VersionPage, ListedColumns>(
    "list_context_versions", PackageResources.list_context_versions_sql, including: .contexts,
    [
      .init("project") { $0.project.text },
      .init("id") { $0.id },
      .init("before") { $0.before },
      .init("limit") { $0.limit },
      .init("bytes") { $0.bytes },
    ])
  static let find = Query<NumberedVersion, OneColumn<Bool>>(
    "find_context_version", PackageResources.find_context_version_sql,
    parameters(CommonParameters.id) { ($0.project, $0.id) } + [.init("version") { $0.version }])

  typealias VersionPage = (project: ProjectID, id: String, before: Int64, limit: Int, bytes: Int)
  typealias NumberedVersion = (project: ProjectID, id: String, version: Int64)

  struct ListedColumns: ColumnLayout {
    let version: ContextVersion.Columns
    let isWhole: Column<Bool>

    init(_ find: inout ColumnFinder) {
      version = ContextVersion.Columns(&find)
      isWhole = find("is_whole")
    }
  }
}
