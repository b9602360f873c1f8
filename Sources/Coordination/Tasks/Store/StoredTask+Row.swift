import CairnAPI
import Postgres
import Wire

extension StoredTask: DecodableRow {
  /// `{locked_task_columns}`.
  struct Columns: ColumnLayout {
    let task: CairnTask.Columns
    let retry: Column<[UInt8]>
    let now: Column<PostgresTimestamp>

    init(_ find: inout ColumnFinder) {
      task = CairnTask.Columns(&find)
      retry = find("retry")
      now = find("now")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    task = try CairnTask(decoding: row, columns.task)
    // Written by the server; what cannot be read is as if nothing had been said.
    retry = TaskRetry(
      (try? TaskRetryPolicy(decoding: try row.decode(columns.retry))) ?? TaskRetry.standard.policy)
    nextTime = try row.decode(columns.task.nextTime)?.microseconds
    now = try row.decode(columns.now)
  }
}

/// A task that waits for another one.
struct WaitingTask: DecodableRow, Sendable {
  /// The one that is waited for.
  let onTask: String
  let task: String
  /// Whether it begins when that one has failed.
  let proceeds: Bool
  /// Whether others wait for it.
  let isAwaited: Bool

  struct Columns: ColumnLayout {
    let onTask, task: Column<String>
    let proceeds, isAwaited: Column<Bool>

    init(_ find: inout ColumnFinder) {
      onTask = find("on_task")
      task = find("task_id")
      proceeds = find("proceeds")
      isAwaited = find("is_awaited")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    onTask = try row.decode(columns.onTask)
    task = try row.decode(columns.task)
    proceeds = try row.decode(columns.proceeds)
    isAwaited = try row.decode(columns.isAwaited)
  }
}
