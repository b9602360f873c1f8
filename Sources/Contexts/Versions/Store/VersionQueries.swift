import Postgres

/// The statements on versions, under the names of their files.
enum VersionQueries {
  static let get = Statement("get_context_versions", PackageResources.get_context_versions_sql)
  static let list = Statement("list_context_versions", PackageResources.list_context_versions_sql)
  static let find = Statement("find_context_version", PackageResources.find_context_version_sql)
}
