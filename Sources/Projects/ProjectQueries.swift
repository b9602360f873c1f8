import Postgres

/// The statements of `Queries/`, under the names of their files.
enum ProjectQueries {
  static let create = Statement(
    "create_project", PackageResources.create_project_sql, including: [.draw])
  static let find = Statement("find_project", PackageResources.find_project_sql)
  static let list = Statement("list_projects", PackageResources.list_projects_sql)
  static let lock = Statement("lock_project", PackageResources.lock_project_sql)
  static let update = Statement("update_project", PackageResources.update_project_sql)
  static let delete = Statement("delete_project", PackageResources.delete_project_sql)
  static let purge = Statement("purge_project", PackageResources.purge_project_sql)
  static let isQuiet = Statement("project_is_quiet", PackageResources.project_is_quiet_sql)
  static let end = Statement("end_project", PackageResources.end_project_sql)
}
