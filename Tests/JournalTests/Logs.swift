import EventLoop
import GRPC
import Postgres
import Wire

@testable import Journal

/// The tests' own domain with a head: logs, whose entries have places without gaps.
enum Logs {
  static let append = Statement(
    "append_entry",
    Array(
      """
      WITH {draw}, head AS (
        UPDATE log SET last = last + 1 FROM draw
        WHERE project_id = $1 AND log_id = $9
        RETURNING last, draw.position, draw.at
      ), entry AS (
        INSERT INTO log_entry (project_id, position, ordinal, log_id, place, body)
        SELECT $1, position, 0, $9, last, $10 FROM head
        RETURNING place, position
      ), changed AS (
        INSERT INTO change (
          project_id, position, ordinal, at, principal, agent, session, task, lease, lease_epoch, operation,
          kind, id, action)
        SELECT $1, position, 0, at, $2, $3, $4, $5, $6, $7, $8, 'log', $9, 'appended' FROM head
      )
      SELECT place, position FROM entry
      """.utf8), including: [.draw])

  static let lock = Statement(
    "lock_log", "SELECT FROM log WHERE project_id = $1 AND log_id = $2 FOR UPDATE")

  static let schema = """
    CREATE TABLE log (project_id text COLLATE "C", log_id text COLLATE "C", last bigint NOT NULL DEFAULT 0,
      PRIMARY KEY (project_id, log_id));
    CREATE TABLE log_entry (project_id text COLLATE "C", position bigint, ordinal integer,
      log_id text COLLATE "C", place bigint, body text, PRIMARY KEY (project_id, position, ordinal));
    CREATE UNIQUE INDEX log_entry_place ON log_entry (project_id, log_id, place);
    CREATE INDEX log_entry_key ON log_entry (project_id, log_id, position, ordinal);
    INSERT INTO log SELECT 'default', name FROM unnest('{hot,cold}'::text[] || ARRAY(
      SELECT 'log-' || number FROM generate_series(0, 99) AS number)) AS name
    """
}

extension LockKind {
  static let log = LockKind("log", rank: 1_010)
}

extension Journal {
  /// Appends an entry and returns its place; nil when there is no such log.
  func append(
    _ body: String, to log: String, _ scope: CallScope = .test
  ) async throws(RPCError) -> WriteResult<Int64?> {
    let head = LogHead(RowKey(.log, log), lock: Logs.lock.bind([scope.project.text, log]))
    let result = try await create(
      scope, keys: .next(head), Logs.append, scope.parameters + [log, body], answer: { Array(body.utf8) })
    switch result {
    case .repeated(let answer): return .repeated(answer)
    case .written(let rows):
      return .written(
        try database { () throws(PostgresError) in
          try rows.first.map { row throws(PostgresError) in try row.decode(0) }
        })
    }
  }
}

/// Runs `body` on a server whose database has logs.
func withLogs(
  _ configure: (inout JournalConfiguration) -> Void = { _ in },
  pool configurePool: (inout PoolConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable (TestServer, TestDatabase) async throws -> Void
) async throws {
  try await withServer(configure, pool: configurePool) { server, database in
    try database.connect().execute(Logs.schema)
    try await body(server, database)
  }
}

/// A row of `log_entry`, the history of logs: watched by log.
final class LogEntry: FeedRow {
  let project: ProjectID
  let position: Int64
  let ordinal: Int32
  let log: TextKey
  let place: Int64

  var key: TextKey? { log }

  init(decoding row: Row) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(0))
    position = try row.decode(1)
    ordinal = try row.decode(2)
    log = TextKey(try row.decode(3))
    place = try row.decode(4)
  }

  private static func statement(_ name: String, _ conditions: String) -> Statement {
    Statement(
      name, "SELECT project_id, position, ordinal, log_id, place FROM log_entry WHERE \(conditions)")
  }

  static let pageStatement = statement(
    "page_entries",
    """
    project_id = $1 AND position >= $2 AND (position, ordinal) > ($2, $3) AND position <= $4
    ORDER BY position, ordinal LIMIT $5
    """)
  static let tailStatement = statement(
    "tail_entries",
    "project_id = ANY ($1) AND position > $2 AND position <= $3 ORDER BY position, ordinal LIMIT $4")
  static let keyedStatements: KeyedStatements? = KeyedStatements(
    page: statement(
      "page_log",
      """
      project_id = $1 AND log_id = $6 AND position >= $2 AND (position, ordinal) > ($2, $3) AND position <= $4
      ORDER BY position, ordinal LIMIT $5
      """),
    tail: statement(
      "tail_logs",
      """
      (project_id, log_id) IN (SELECT * FROM unnest($1::text[], $2::text[])) AND position > $3 AND position <= $4
      ORDER BY position, ordinal LIMIT $5
      """))
}
