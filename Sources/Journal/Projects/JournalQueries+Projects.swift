import Postgres

extension JournalQueries {
  static let projects: [any CheckedStatement] = [projectState, projectIDs, deletedProjects]

  static let projectState = Query<ProjectID, ProjectStateColumns>(
    "project_state", PackageResources.project_state_sql, [.init("project") { $0.text }])
  static let projectIDs = Query<(after: String, limit: Int64), OneColumn<String>>(
    "project_ids", PackageResources.project_ids_sql,
    [.init("after") { $0.after }, .init("limit") { $0.limit }])
  static let deletedProjects = Query<(after: Int64, through: Int64), OneColumn<String>>(
    "deleted_projects", PackageResources.deleted_projects_sql,
    [.init("after") { $0.after }, .init("through") { $0.through }])

  struct ProjectStateColumns: ColumnLayout {
    let isDeleted: Column<Bool>
    let isPurged: Column<Bool>

    init(_ find: inout ColumnFinder) {
      isDeleted = find("is_deleted")
      isPurged = find("is_purged")
    }
  }
}

extension JournalQueries {
  static let upkeep: [any CheckedStatement] = [extendJournal, takeDuty, leaveDuty]

  /// Given the size of a partition in positions, and how many are made ahead.
  static let extendJournal = Query<(size: Int64, ahead: Int64), NoColumns>(
    "extend_journal", PackageResources.extend_journal_sql,
    [.init("size") { $0.size }, .init("ahead") { $0.ahead }])
  static let takeDuty = Query<(name: String, holder: String, seconds: Double), NoColumns>(
    "take_duty", PackageResources.take_duty_sql,
    [.init("name") { $0.name }, .init("holder") { $0.holder }, .init("seconds") { $0.seconds }])
  static let leaveDuty = Query<(name: String, holder: String), NoColumns>(
    "leave_duty", PackageResources.leave_duty_sql,
    [.init("name") { $0.name }, .init("holder") { $0.holder }])
}
