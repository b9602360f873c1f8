import Postgres

/// One resource changed by one write: a row of `change`, with who did it and from where.
package final class Change: FeedRow {
  package let project: ProjectID
  package let position: Int64
  package let ordinal: Int32
  package let at: PostgresTimestamp
  package let principal: String
  package let agent: String?
  package let session: String?
  package let task: String?
  package let lease: String?
  package let leaseEpoch: Int64?
  /// The method, such as `cairn.v1.ContextService/UpdateContext`.
  package let operation: String
  /// What was changed, such as `context`.
  package let kind: String
  package let id: String
  /// What happened to it, such as `created`: the domain's word.
  package let action: String
  package let oldVersion: Int64?
  package let newVersion: Int64?

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(columns.project))
    position = try row.decode(columns.position)
    ordinal = try row.decode(columns.ordinal)
    at = try row.decode(columns.at)
    principal = try row.decode(columns.principal)
    agent = try row.decode(columns.agent)
    session = try row.decode(columns.session)
    task = try row.decode(columns.task)
    lease = try row.decode(columns.lease)
    leaseEpoch = try row.decode(columns.leaseEpoch)
    operation = try row.decode(columns.operation)
    kind = try row.decode(columns.kind)
    id = try row.decode(columns.id)
    action = try row.decode(columns.action)
    oldVersion = try row.decode(columns.oldVersion)
    newVersion = try row.decode(columns.newVersion)
  }

  package static var feedName: String { "changes" }
  package static var page: Query<FeedPage, Columns> { JournalQueries.pageChanges }
  package static var tail: Query<FeedTail, Columns> { JournalQueries.tailChanges }
}

extension Change {
  /// `{change_columns}`.
  package struct Columns: ColumnLayout {
    let project, principal, operation, kind, id, action: Column<String>
    let position: Column<Int64>
    let ordinal: Column<Int32>
    let at: Column<PostgresTimestamp>
    let agent, session, task, lease: Column<String?>
    let leaseEpoch, oldVersion, newVersion: Column<Int64?>

    package init(_ find: inout ColumnFinder) {
      project = find("project_id")
      position = find("position")
      ordinal = find("ordinal")
      at = find("at")
      principal = find("principal")
      agent = find("agent")
      session = find("session")
      task = find("task")
      lease = find("lease")
      leaseEpoch = find("lease_epoch")
      operation = find("operation")
      kind = find("kind")
      id = find("id")
      action = find("action")
      oldVersion = find("old_version")
      newVersion = find("new_version")
    }
  }
}
