import CairnAPI
import Postgres
import Wire

extension ForkPlace {
  /// From the rows of `fork_place` and `fork_values`; nil when there is no such session.
  init?(_ rows: Rows, values: Rows) throws(PostgresError) {
    let found = try ForkQueries.place.results(rows)
    guard let row = found.rows.first else { return nil }
    self.init()
    oldest = try row.decode(found.columns.oldestSequence)
    sessions = try row.decode(found.columns.sessions)
    isTaken = try row.decode(found.columns.isTaken)
    let former = try ForkQueries.values.results(values)
    if let row = former.rows.first {
      self.values = try Session(decoding: row, former.columns.session)
      ledTo = try row.decode(former.columns.ledTo).map { SessionState(rawValue: $0) }
    }
  }
}

/// A member of a family, and whether it is one that is asked for.
struct TreeRow {
  let node: SessionTreeNode
  let isShown: Bool

  struct Columns: ColumnLayout {
    let id, title: Column<String>
    let parent: Column<String?>
    let depth, state, outcome: Column<Int32>
    let forkSequence: Column<Int64?>
    let lastSequence: Column<Int64>
    let createTime: Column<PostgresTimestamp>
    let expireTime, deleteTime: Column<PostgresTimestamp?>
    let isShown: Column<Bool>

    init(_ find: inout ColumnFinder) {
      id = find("session_id")
      title = find("title")
      parent = find("parent")
      depth = find("depth")
      state = find("state")
      outcome = find("outcome")
      forkSequence = find("fork_sequence")
      lastSequence = find("last_sequence")
      createTime = find("create_time")
      expireTime = find("expire_time")
      deleteTime = find("delete_time")
      isShown = find("is_shown")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    var node = SessionTreeNode()
    node.id = try row.decode(columns.id)
    node.parent = try row.decode(columns.parent) ?? ""
    node.depth = try row.decode(columns.depth)
    node.forkSequence = try row.decode(columns.forkSequence)
    node.state = SessionState(rawValue: try row.decode(columns.state))
    node.outcome = SessionOutcome(rawValue: try row.decode(columns.outcome))
    node.title = try row.decode(columns.title)
    node.lastSequence = try row.decode(columns.lastSequence)
    node.createTime = WellKnown.Timestamp(try row.decode(columns.createTime))
    node.expireTime = try row.decode(columns.expireTime).map { WellKnown.Timestamp($0) }
    node.deleteTime = try row.decode(columns.deleteTime).map { WellKnown.Timestamp($0) }
    self.node = node
    isShown = try row.decode(columns.isShown)
  }
}
