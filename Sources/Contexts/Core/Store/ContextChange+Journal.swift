import CairnAPI
import Journal
import Postgres
import Wire

extension ContextChange.Kind: ChangeKind {
  static let actions: [(ContextChange.Kind, String)] = [
    (.created, "created"), (.updated, "updated"), (.deleted, "deleted"), (.undeleted, "undeleted"),
    (.expired, "expired"), (.purged, "purged"), (.restored, "restored"),
  ]
}

extension Provenance {
  /// From eight neighbouring columns: time, principal, agent, session, task, lease, its epoch, operation.
  init(decoding row: Row, at column: Int) throws(PostgresError) {
    self.init()
    time = WellKnown.Timestamp(try row.decode(column, as: PostgresTimestamp.self))
    principal = try row.decode(column + 1)
    agent = try row.decode(column + 2, as: String?.self) ?? ""
    session = try row.decode(column + 3, as: String?.self) ?? ""
    task = try row.decode(column + 4, as: String?.self) ?? ""
    lease = try row.decode(column + 5, as: String?.self) ?? ""
    leaseEpoch = try row.decode(column + 6, as: Int64?.self) ?? 0
    operation = try row.decode(column + 7)
  }
}
