import Postgres
import Wire

/// An agent that takes tasks, as the one who gives them out sees it.
struct FreeAgent: Equatable, Sendable {
  var id = ""
  /// As ``Terms`` has them.
  var terms: [String] = []
  var priority: Int32 = 0
  var maxLoad: Int32 = 1
  var load: Int32 = 0
  var completed: Int64 = 0
  var failed: Int64 = 0
  /// Microseconds that its completed tasks took together.
  var runTime: Int64 = 0
  /// Of the last time that it was given a task.
  var assignedPosition: Int64 = 0

  /// Terms that are no labels.
  var capabilityCount: Int { terms.count { !$0.utf8.starts(with: [1]) } }
  var errorRate: Double {
    let ended = Double(completed) + Double(failed)
    return ended == 0 ? 0 : Double(failed) / ended
  }
  /// A second by the mean duration in seconds, at most 1.
  var speed: Double {
    guard completed > 0, runTime > 0 else { return 1 }
    return min(1_000_000 / (Double(runTime) / Double(completed)), 1)
  }
}

extension FreeAgent: DecodableRow {
  struct Columns: ColumnLayout {
    let id: Column<String>
    let terms: Column<[String]>
    let priority, maxLoad, load: Column<Int32>
    let completed, failed, runTime, assignedPosition: Column<Int64>

    init(_ find: inout ColumnFinder) {
      id = find("agent_id")
      terms = find("terms")
      priority = find("priority")
      maxLoad = find("max_load")
      load = find("load")
      completed = find("completed")
      failed = find("failed")
      runTime = find("run_time")
      assignedPosition = find("assigned_position")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    id = try row.decode(columns.id)
    terms = try row.decode(columns.terms)
    priority = try row.decode(columns.priority)
    maxLoad = try row.decode(columns.maxLoad)
    load = try row.decode(columns.load)
    completed = try row.decode(columns.completed)
    failed = try row.decode(columns.failed)
    runTime = try row.decode(columns.runTime)
    assignedPosition = try row.decode(columns.assignedPosition)
  }
}
