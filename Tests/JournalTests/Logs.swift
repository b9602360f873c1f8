import EventLoop
import GRPC
import Postgres
import TestSupport
import Wire

@testable import Journal

/// The tests' own domain with a head: logs, whose entries have places without gaps.
enum Logs {
  static let append = Query<(scope: CallScope, log: String, body: String), Appended>(
    "append_entry",
    """
    WITH {draw}, head AS (
      UPDATE log SET last = last + 1 FROM draw
      WHERE project_id = @project AND log_id = @log
      RETURNING last, draw.position, draw.at
    ), entry AS (
      INSERT INTO log_entry (project_id, position, ordinal, log_id, place, body)
      SELECT @project, position, 0, @log, last, @body FROM head
      RETURNING place, position
    ), changed AS (
      INSERT INTO change (project_id, position, ordinal, at, {provenance_columns}, kind, id, action)
      SELECT @project, position, 0, at, {provenance}, 'log', @log, 'appended' FROM head
    )
    SELECT place, position FROM entry
    """, including: .journal,
    parameters(CallScope.parameters) { $0.scope } + [.init("log") { $0.log }, .init("body") { $0.body }])

  static let lock = Query<(project: ProjectID, log: String), NoColumns>(
    "lock_log", "SELECT FROM log WHERE project_id = @project AND log_id = @log FOR UPDATE",
    [.init("project") { $0.project.text }, .init("log") { $0.log }])

  struct Appended: ColumnLayout {
    let place: Column<Int64>
    let position: Column<Int64>

    init(_ find: inout ColumnFinder) {
      place = find("place")
      position = find("position")
    }
  }

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
    let head = LogHead(RowKey(.log, log), lock: Logs.lock.bind((scope.project, log)))
    let result = try await create(
      in: scope, keys: .next(head), write: Logs.append.bind((scope, log, body)), answer: { Array(body.utf8) })
    switch result {
    case .repeated(let answer): return .repeated(answer)
    case .written(let rows):
      return .written(
        try database { () throws(PostgresError) in
          let appended = try Logs.append.results(rows)
          return try appended.rows.first.map { row throws(PostgresError) in
            try row.decode(appended.columns.place)
          }
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

  struct Columns: ColumnLayout {
    let project, log: Column<String>
    let position, place: Column<Int64>
    let ordinal: Column<Int32>

    init(_ find: inout ColumnFinder) {
      project = find("project_id")
      position = find("position")
      ordinal = find("ordinal")
      log = find("log_id")
      place = find("place")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    project = ProjectID(unchecked: try row.decode(columns.project))
    position = try row.decode(columns.position)
    ordinal = try row.decode(columns.ordinal)
    log = TextKey(try row.decode(columns.log))
    place = try row.decode(columns.place)
  }

  static var feedName: String { "log" }

  private static func query<Input>(
    _ name: String, _ parameters: [Parameter<Input>], _ conditions: String
  ) -> Query<Input, Columns> {
    Query(
      name,
      """
      SELECT project_id, position, ordinal, log_id, place FROM log_entry WHERE \(conditions)
      ORDER BY position, ordinal LIMIT @limit
      """, parameters)
  }

  private static let after =
    "position >= @position AND (position, ordinal) > (@position, @ordinal) AND position <= @through"

  static let page = query("page_entries", FeedPage.parameters, "project_id = @project AND \(after)")
  static let tail = query(
    "tail_entries", FeedTail.parameters,
    "project_id = ANY (@projects) AND position > @after AND position <= @through")
  static let keyed: KeyedQueries<Columns>? = KeyedQueries(
    page: query(
      "page_log", FeedPage.keyedParameters, "project_id = @project AND log_id = @key AND \(after)"),
    tail: query(
      "tail_logs", FeedTail.keyedParameters,
      """
      (project_id, log_id) IN (SELECT * FROM unnest(@projects::text[], @keys::text[]))
        AND position > @after AND position <= @through
      """))
}
