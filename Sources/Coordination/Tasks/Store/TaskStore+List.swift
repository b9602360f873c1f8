import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension TaskStore {
  /// One page of a list: one round trip, an answer of bounded size.
  func list(_ list: TaskList, in project: ProjectID) async throws(RPCError) -> ListTasksResponse {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(ListQueries.list, ListQueries.page(list, in: project))
      let columns = found.columns
      var response = ListTasksResponse()
      var last: TaskList.Age?
      var total = 0
      for row in found.rows.prefix(list.pageSize) {
        guard let count = try row.decode(columns.total) else { break }
        total = count
        response.tasks.append(try CairnTask(decoding: row, columns.task))
        last = TaskList.Age(
          position: try row.decode(columns.position), ordinal: try row.decode(columns.ordinal))
      }
      if let last, response.tasks.count < total {
        response.nextPageToken = list.nextPageToken(after: last)
      } else if let row = found.rows.first, try row.decode(columns.lookedAt) == TaskList.lookedAt,
        let position = try row.decode(columns.lastPosition), let ordinal = try row.decode(columns.lastOrdinal)
      {
        response.nextPageToken = list.nextPageToken(after: .init(position: position, ordinal: ordinal))
      }
      return response
    }
  }
}

/// The statements of lists, under the names of their files.
enum ListQueries {
  static let list = ComposedQuery<ListColumns>(
    "list_tasks", SQLFragments(PackageResources.list_tasks_sql, including: TaskQueries.fragments))

  static func page(_ list: TaskList, in project: ProjectID) -> Composition {
    let filter = list.filter
    var query = self.list.begin()
    query.add("looked")
    if !filter.states.isEmpty {
      query.add("states", ["states": filter.states.map { Int16(truncatingIfNeeded: $0.rawValue) }])
    }
    if !filter.agent.isEmpty { query.add("agent", ["agent": filter.agent]) }
    if !filter.queue.isEmpty { query.add("queue", ["queue": filter.queue]) }
    if !filter.type.isEmpty { query.add("type", ["type": filter.type]) }
    if !filter.schedule.isEmpty { query.add("schedule", ["schedule": filter.schedule]) }
    query.add("from", ["project": project.text])
    if !filter.session.isEmpty { query.add("session", ["session": filter.session]) }
    if list.isOpen { query.add("open") }
    if let after = list.after {
      query.add("after", ["after_position": after.position, "after_ordinal": after.ordinal])
    }
    query.add(
      "page",
      [
        "limit": list.pageSize + 1, "looked_at": TaskList.lookedAt, "bytes": Limits.answerBytes,
      ])
    return query
  }

  struct ListColumns: ColumnLayout {
    let task: CairnTask.Columns
    let position: Column<Int64>
    let ordinal: Column<Int32>
    /// How many there would be without the bound in bytes; nil where there is no task.
    let total: Column<Int?>
    /// Of the last one that was looked at.
    let lastPosition: Column<Int64?>
    let lastOrdinal: Column<Int32?>
    let lookedAt: Column<Int>

    init(_ find: inout ColumnFinder) {
      task = CairnTask.Columns(&find)
      position = find("submit_position")
      ordinal = find("submit_ordinal")
      total = find("total")
      lastPosition = find("last_position")
      lastOrdinal = find("last_ordinal")
      lookedAt = find("looked_at")
    }
  }
}
