import Postgres
import Wire

/// A task that waits for an agent, with what limits its lane.
struct ReadyTask: Equatable, Sendable {
  var id = ""
  var lane: [UInt8] = []
  var queue = ""
  /// As ``Terms`` has them.
  var required: [String] = []
  var preferred: [String] = []
  var concurrencyKey: String?
  /// How many more tasks with its concurrency key may be held, by the limit that it names; nil: any number.
  var keyRoom: Int64?
  /// How many more tasks of its queue may be held; nil: any number.
  var queueRoom: Int64?
  /// How many may be assigned in how long; nil: any number.
  var rate: QueueRate?
  var type = ""
  var session: String?
  /// How many times it was assigned before.
  var attempt: Int32 = 0
  /// Who was given the last task of its session; nil where nobody asked.
  var sessionAgent: String?
}

extension ReadyTask: DecodableRow {
  struct Columns: ColumnLayout {
    let id, queue, type: Column<String>
    let lane: Column<[UInt8]>
    let required, preferred: Column<[String]>
    let concurrencyKey, session, sessionAgent: Column<String?>
    let keyRoom, queueRoom: Column<Int64?>
    let attempt: Column<Int32>
    let rate: QueueRate.Columns

    init(_ find: inout ColumnFinder) {
      id = find("task_id")
      lane = find("lane")
      queue = find("queue")
      type = find("type")
      required = find("required")
      preferred = find("preferred")
      concurrencyKey = find("concurrency_key")
      session = find("session")
      sessionAgent = find("session_agent")
      keyRoom = find("key_room")
      queueRoom = find("queue_room")
      attempt = find("attempt")
      rate = QueueRate.Columns(&find)
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    id = try row.decode(columns.id)
    lane = try row.decode(columns.lane)
    queue = try row.decode(columns.queue)
    type = try row.decode(columns.type)
    required = try row.decode(columns.required)
    preferred = try row.decode(columns.preferred)
    concurrencyKey = try row.decode(columns.concurrencyKey)
    session = try row.decode(columns.session)
    sessionAgent = try row.decode(columns.sessionAgent)
    keyRoom = try row.decode(columns.keyRoom)
    queueRoom = try row.decode(columns.queueRoom)
    attempt = try row.decode(columns.attempt)
    rate = try QueueRate(decoding: row, columns.rate)
  }
}
