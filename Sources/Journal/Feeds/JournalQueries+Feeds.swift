import Postgres

extension JournalQueries {
  static let feeds: [any CheckedStatement] = [
    readJournal, pageChanges, tailChanges, findMoment, readIdentity,
  ]

  static let readJournal = Query<ProjectID, JournalExtent.Columns>(
    "read_journal", PackageResources.read_journal_sql, [.init("project") { $0.text }])
  static let pageChanges = Query<FeedPage, Change.Columns>(
    "page_changes", PackageResources.page_changes_sql, including: .journal, FeedPage.parameters)
  static let tailChanges = Query<FeedTail, Change.Columns>(
    "tail_changes", PackageResources.tail_changes_sql, including: .journal, FeedTail.parameters)
  static let findMoment = Query<
    (project: ProjectID, wanted: WantedMoment, settled: Int64), MomentAnswer.Columns
  >(
    "find_moment", PackageResources.find_moment_sql,
    [
      .init("project") { $0.project.text },
      .init("position") { $0.wanted.position },
      .init("time") { $0.wanted.time },
      .init("settled") { $0.settled },
    ])
  static let readIdentity = Query<Void, JournalIdentity.Columns>(
    "read_identity", PackageResources.read_identity_sql)
}
