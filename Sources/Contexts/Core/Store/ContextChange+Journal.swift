import CairnAPI
import Journal
import Postgres
import Requests
import Wire

extension ContextChange.Kind: ChangeKind {
  package static let actions: [(ContextChange.Kind, String)] = [
    (.created, "created"), (.updated, "updated"), (.deleted, "deleted"), (.undeleted, "undeleted"),
    (.expired, "expired"), (.purged, "purged"), (.restored, "restored"),
  ]
}

extension Provenance {
  /// Of the change that made a version, which may be no longer kept. The session of a context has the name alone.
  struct Columns: ColumnLayout {
    let at: Column<PostgresTimestamp?>
    let principal, agent, session, task, lease, operation: Column<String?>
    let leaseEpoch: Column<Int64?>

    init(_ find: inout ColumnFinder) {
      at = find("at")
      principal = find("principal")
      agent = find("agent")
      session = find("by_session")
      task = find("task")
      lease = find("lease")
      leaseEpoch = find("lease_epoch")
      operation = find("operation")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    time = try row.decode(columns.at).map { WellKnown.Timestamp($0) }
    principal = try row.decode(columns.principal) ?? ""
    agent = try row.decode(columns.agent) ?? ""
    session = try row.decode(columns.session) ?? ""
    task = try row.decode(columns.task) ?? ""
    lease = try row.decode(columns.lease) ?? ""
    leaseEpoch = try row.decode(columns.leaseEpoch) ?? 0
    operation = try row.decode(columns.operation) ?? ""
  }
}
