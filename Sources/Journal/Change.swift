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

  package init(decoding row: Row) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(0))
    position = try row.decode(1)
    ordinal = try row.decode(2)
    at = try row.decode(3)
    principal = try row.decode(4)
    agent = try row.decode(5)
    session = try row.decode(6)
    task = try row.decode(7)
    lease = try row.decode(8)
    leaseEpoch = try row.decode(9)
    operation = try row.decode(10)
    kind = try row.decode(11)
    id = try row.decode(12)
    action = try row.decode(13)
    oldVersion = try row.decode(14)
    newVersion = try row.decode(15)
  }

  package static var pageStatement: Statement { JournalQueries.pageChanges }
  package static var tailStatement: Statement { JournalQueries.tailChanges }
}

/// A change that a write makes; the journal adds the rest.
package struct ChangeRecord: Sendable {
  package var kind: String
  package var id: String
  package var action: String
  package var oldVersion: Int64?
  package var newVersion: Int64?

  package init(kind: String, id: String, action: String, oldVersion: Int64?, newVersion: Int64?) {
    self.kind = kind
    self.id = id
    self.action = action
    self.oldVersion = oldVersion
    self.newVersion = newVersion
  }
}
