import CairnAPI
import Journal
import Postgres
import Wire

/// A task in outline: without what is only in its body, its result and its failures.
extension CairnTask: DecodableRow {
  /// `{task_outline_columns}`.
  package struct Columns: ColumnLayout {
    let id, type, queue, fairnessKey: Column<String>
    let session, schedule, uniqueKey, concurrencyKey, agent: Column<String?>
    let position, estimate, timeout, retention, epoch: Column<Int64>
    let taskClass, priority, concurrencyLimit, fairnessWeight, state, attempt, blockedBy: Column<Int32>
    let createTime, updateTime: Column<PostgresTimestamp>
    let deadline, nextTime, assignTime, startTime, endTime, expireTime: Column<PostgresTimestamp?>
    let progress: Column<[UInt8]?>

    package init(_ find: inout ColumnFinder) {
      id = find("task_id")
      position = find("position")
      createTime = find("create_time")
      updateTime = find("update_time")
      type = find("type")
      queue = find("queue")
      taskClass = find("class")
      priority = find("priority")
      session = find("session")
      schedule = find("schedule")
      estimate = find("estimate")
      timeout = find("timeout")
      retention = find("retention")
      deadline = find("deadline")
      uniqueKey = find("unique_key")
      concurrencyKey = find("concurrency_key")
      concurrencyLimit = find("concurrency_limit")
      fairnessKey = find("fairness_key")
      fairnessWeight = find("fairness_weight")
      state = find("state")
      agent = find("agent")
      attempt = find("attempt")
      epoch = find("epoch")
      blockedBy = find("blocked_by")
      nextTime = find("next_time")
      assignTime = find("assign_time")
      startTime = find("start_time")
      endTime = find("end_time")
      progress = find("progress")
      expireTime = find("expire_time")
    }
  }

  package init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    self.init()
    func time(_ column: Column<PostgresTimestamp?>) throws(PostgresError) -> WellKnown.Timestamp? {
      try row.decode(column).map { WellKnown.Timestamp($0) }
    }
    func time(_ column: Column<PostgresTimestamp>) throws(PostgresError) -> WellKnown.Timestamp {
      WellKnown.Timestamp(try row.decode(column))
    }
    id = try row.decode(columns.id)
    type = try row.decode(columns.type)
    queue = try row.decode(columns.queue)
    taskClass = TaskClass(rawValue: try row.decode(columns.taskClass))
    priority = try row.decode(columns.priority)
    session = try row.decode(columns.session) ?? ""
    schedule = try row.decode(columns.schedule) ?? ""
    let estimate = try row.decode(columns.estimate)
    if estimate > 0 { self.estimate = WellKnown.Duration(microseconds: estimate) }
    timeout = WellKnown.Duration(microseconds: try row.decode(columns.timeout))
    retention = WellKnown.Duration(microseconds: try row.decode(columns.retention))
    deadline = try time(columns.deadline)
    uniqueKey = try row.decode(columns.uniqueKey) ?? ""
    if let key = try row.decode(columns.concurrencyKey) {
      concurrencyKey = key
      concurrencyLimit = try row.decode(columns.concurrencyLimit)
    }
    fairnessKey = try row.decode(columns.fairnessKey)
    fairnessWeight = try row.decode(columns.fairnessWeight)
    state = TaskState(rawValue: try row.decode(columns.state))
    agent = try row.decode(columns.agent) ?? ""
    attempt = try row.decode(columns.attempt)
    blockedBy = try row.decode(columns.blockedBy)
    let nextTime = try time(columns.nextTime)
    if state == .delayed { self.nextTime = nextTime }
    createTime = try time(columns.createTime)
    updateTime = try time(columns.updateTime)
    assignTime = try time(columns.assignTime)
    startTime = try time(columns.startTime)
    endTime = try time(columns.endTime)
    position = try row.decode(columns.position)
    // Written by the server; what cannot be read is left out.
    progress = try row.decode(columns.progress).flatMap { try? TaskProgress(decoding: $0) }
    guard state.isHeld else { return }
    var lease = TaskLease()
    lease.id = id
    lease.epoch = try row.decode(columns.epoch)
    lease.expireTime = try time(columns.expireTime)
    self.lease = lease
  }
}
