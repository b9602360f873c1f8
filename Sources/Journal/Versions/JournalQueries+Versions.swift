import Postgres

extension JournalQueries {
  static let versions: [any CheckedStatement] = [pageOfChanges]

  static let pageOfChanges = Query<ChangesPage, DifferenceCursor.Columns>(
    "page_of_changes", PackageResources.page_of_changes_sql,
    [
      .init("project") { $0.project.text },
      .init("position") { $0.after?.position ?? $0.earlier },
      .init("ordinal") { $0.after?.ordinal ?? .max },
      .init("through") { $0.later },
      .init("limit") { $0.limit },
    ])

  typealias ChangesPage = (
    project: ProjectID, earlier: Int64, later: Int64, after: DifferenceCursor?, limit: Int
  )
}
