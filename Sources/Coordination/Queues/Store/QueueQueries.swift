import CairnAPI
import Journal
import Postgres
import Requests
import Wire

/// The statements about queues, under the names of their files.
enum QueueQueries {
  static let all: [any CheckedStatement] = [find, list, settings, set]

  static let find = Query<QueueKey, FullQueueColumns>(
    "find_queue", PackageResources.find_queue_sql, including: fragments, key + bounds.map { $0.of { _ in } })
  static let list = Query<(project: ProjectID, after: String, limit: Int), FullQueueColumns>(
    "list_queues", PackageResources.list_queues_sql, including: fragments,
    [
      .init("project") { $0.project.text }, .init("after") { $0.after }, .init("limit") { $0.limit },
    ] + bounds.map { $0.of { _ in } })
  /// Of one that is locked.
  static let settings = Query<QueueKey, QueueColumns>(
    "queue_settings", PackageResources.queue_settings_sql, including: fragments, key)
  static let set = Query<(project: ProjectID, queue: Queue), NoColumns>(
    "set_queue", PackageResources.set_queue_sql,
    [
      .init("project") { $0.project.text },
      .init("queue") { $0.queue.id },
      .init("version") { $0.queue.version },
      .init("is_paused") { $0.queue.isPaused },
      .init("concurrency_limit") { $0.queue.concurrencyLimit == 0 ? nil : $0.queue.concurrencyLimit },
      .init("rate_limit") { $0.queue.rateLimit == 0 ? nil : $0.queue.rateLimit },
      .init("rate_period") { $0.queue.ratePeriod?.microseconds },
      .init("description") { $0.queue.description },
    ])

  typealias QueueKey = (project: ProjectID, queue: String)

  private static let key: [Parameter<QueueKey>] = [
    .init("project") { $0.project.text }, .init("queue") { $0.queue },
  ]
  /// Tasks that are counted at most: some 100 ms of work.
  private static let bounds: [Parameter<Void>] = [
    .init("ready_bound") { _ in 1_000_000 }, .init("unready_bound") { _ in 50_000 },
  ]
  private static let fragments = SQLFragments(PackageResources.queue_fragments_sql)
}

/// `queue` and `{queue_settings}`.
struct QueueColumns: ColumnLayout {
  let queue: Column<String>
  let version, position, ratePeriod: Column<Int64?>
  let createTime, updateTime: Column<PostgresTimestamp?>
  let isPaused: Column<Bool?>
  let concurrencyLimit, rateLimit: Column<Int32?>
  let description: Column<String?>

  init(_ find: inout ColumnFinder) {
    queue = find("queue")
    version = find("version")
    position = find("position")
    createTime = find("create_time")
    updateTime = find("update_time")
    isPaused = find("is_paused")
    concurrencyLimit = find("concurrency_limit")
    rateLimit = find("rate_limit")
    ratePeriod = find("rate_period")
    description = find("description")
  }
}

/// `{queues}`.
struct FullQueueColumns: ColumnLayout {
  let settings: QueueColumns
  let waiting, delayed, blocked, active, submitted, completed, failed, cancelled, retried: Column<Int64>
  let oldestWaitingTime: Column<PostgresTimestamp?>
  let isLowerBound: Column<Bool>

  init(_ find: inout ColumnFinder) {
    settings = QueueColumns(&find)
    waiting = find("waiting")
    delayed = find("delayed")
    blocked = find("blocked")
    active = find("active")
    submitted = find("submitted")
    completed = find("completed")
    failed = find("failed")
    cancelled = find("cancelled")
    retried = find("retried")
    oldestWaitingTime = find("oldest_waiting_time")
    isLowerBound = find("is_lower_bound")
  }
}

extension Queue {
  init(decoding row: Row, _ columns: QueueColumns) throws(PostgresError) {
    self.init()
    id = try row.decode(columns.queue)
    guard let version = try row.decode(columns.version) else { return }
    self.version = version
    position = try row.decode(columns.position) ?? 0
    etag = Etag.text(position)
    createTime = try row.decode(columns.createTime).map { WellKnown.Timestamp($0) }
    updateTime = try row.decode(columns.updateTime).map { WellKnown.Timestamp($0) }
    isPaused = try row.decode(columns.isPaused) ?? false
    concurrencyLimit = try row.decode(columns.concurrencyLimit) ?? 0
    rateLimit = try row.decode(columns.rateLimit) ?? 0
    ratePeriod = try row.decode(columns.ratePeriod).map { WellKnown.Duration(microseconds: $0) }
    description = try row.decode(columns.description) ?? ""
  }

  init(decoding row: Row, _ columns: FullQueueColumns) throws(PostgresError) {
    try self.init(decoding: row, columns.settings)
    var figures = QueueFigures()
    figures.waiting = try row.decode(columns.waiting)
    figures.delayed = try row.decode(columns.delayed)
    figures.blocked = try row.decode(columns.blocked)
    figures.active = try row.decode(columns.active)
    figures.submitted = try row.decode(columns.submitted)
    figures.completed = try row.decode(columns.completed)
    figures.failed = try row.decode(columns.failed)
    figures.cancelled = try row.decode(columns.cancelled)
    figures.retried = try row.decode(columns.retried)
    figures.oldestWaitingTime = try row.decode(columns.oldestWaitingTime).map { WellKnown.Timestamp($0) }
    figures.isLowerBound = try row.decode(columns.isLowerBound)
    self.figures = figures
  }
}
