import EventLoop
import GRPC
import Journal
import Postgres

/// The tests' own domain: notes, written through the journal as a real domain would.
enum Notes {
  typealias New = (scope: CallScope, id: String, body: String)

  static let create = Query<New, StampColumns>("create_note", insertion, including: .journal, new)
  static let createNamed = Query<(create: New, named: NamedCreate), StampColumns>(
    named: "create_named_note", Array(insertion.utf8), including: .journal, new)

  private static let new: [Parameter<New>] =
    parameters(CallScope.parameters) { $0.scope } + [.init("id") { $0.id }, .init("body") { $0.body }]

  private static let insertion = """
    WITH {draw}, created AS (
      INSERT INTO note (project_id, id, version, body, position, at)
      SELECT @project, @id, 1, @body, position, at FROM draw
      ON CONFLICT DO NOTHING
      RETURNING position, at
    ), changed AS (
      INSERT INTO change (project_id, position, ordinal, at, {provenance_columns}, kind, id, action, new_version)
      SELECT @project, position, 0, at, {provenance}, 'note', @id, 'created', 1 FROM created
    )
    SELECT position, at FROM created
    """

  static let lock = Query<(project: ProjectID, ids: [String]), OneColumn<Int64>>(
    "lock_note",
    "SELECT version FROM note WHERE project_id = @project AND id = ANY (@ids) ORDER BY id FOR UPDATE",
    [.init("project") { $0.project.text }, .init("ids") { $0.ids }])

  static let update = Query<(project: ProjectID, ids: [String], body: String), NoColumns>(
    "update_note",
    """
    UPDATE note SET version = note.version + 1, body = @body, position = drawn.position, at = drawn.at
    FROM drawn WHERE project_id = @project AND id = ANY (@ids)
    """, [.init("project") { $0.project.text }, .init("ids") { $0.ids }, .init("body") { $0.body }])

  /// Time that passes between the locks and the draw, in seconds.
  static let pause = Query<Double, NoColumns>("pause", "SELECT pg_sleep(@seconds)", [.init("seconds") { $0 }])

  static let find = Query<(project: ProjectID, id: String), StampColumns>(
    "find_note", "SELECT position, at FROM note WHERE project_id = @project AND id = @id",
    [.init("project") { $0.project.text }, .init("id") { $0.id }])

  static func change(_ id: String, from version: Int64) -> ChangeRecord {
    ChangeRecord(kind: "note", id: id, action: "updated", oldVersion: version, newVersion: version + 1)
  }
}

enum NoteKeys { case server, client }

extension Journal {
  /// Creates a note; nil when its id is taken.
  func createNote(
    _ id: String, body: String = "", keys: NoteKeys = .server, _ scope: CallScope = .test
  ) async throws(RPCError) -> WriteResult<Stamp?> {
    let result = try await create(
      in: scope, keys: keys == .server ? .server : .client(ChosenKey(RowKey(.note, id))),
      write: Notes.create.bind((scope, id, body)),
      named: { Notes.createNamed.bind(((scope, id, body), $0)) }, found: Notes.find.bind((scope.project, id)),
      answer: { Array("made \(id)".utf8) })
    switch result {
    case .repeated(let answer): return .repeated(answer)
    case .written(let rows):
      do throws(PostgresError) {
        return .written(try Notes.create.results(rows).first())
      } catch { throw RPCError(error) }
    }
  }

  /// Updates notes; ABORTED when one is not at `version`. Calls `decided` between locks and draw, after `pause` seconds.
  func updateNotes(
    _ ids: [String], at version: Int64? = nil, _ scope: CallScope = .test, pause: Double? = nil,
    decided: @escaping () throws(RPCError) -> Void = {}
  ) async throws(RPCError) -> WriteResult<PlannedWrite<[Int64]>> {
    try await write(.updating(ids, at: version, in: scope.project, pause: pause, decided: decided), in: scope)
  }
}

extension LockKind {
  static let note = LockKind("note", rank: 1_000)
}

extension WritePart<[Int64]> {
  static func updating(
    _ ids: [String], at version: Int64? = nil, in project: ProjectID = .default, pause: Double? = nil,
    decided: @escaping () throws(RPCError) -> Void = {}
  ) -> WritePart {
    var statements = [Notes.lock.bind((project, ids))]
    if let pause { statements.append(Notes.pause.bind(pause)) }
    return WritePart(locking: [WriteLock(.note, rows: ids, statements)]) { locked throws(RPCError) in
      let versions: [Int64]
      do throws(PostgresError) { versions = try Notes.lock.results(locked.rows[0]).values() } catch {
        throw RPCError(error)
      }
      guard versions.count == ids.count else { throw RPCError(.notFound, "no such note") }
      if let version, versions.contains(where: { $0 != version }) { throw RPCError(.aborted, "stale") }
      try decided()
      return WritePlan(
        versions, statements: [Notes.update.bind((project, ids, "updated"))],
        changes: zip(ids, versions).map { Notes.change($0, from: $1) },
        answer: { Array("updated".utf8) })
    }
  }
}

extension CallScope {
  static let test = CallScope(operation: "test.Notes/Write")

  func named(_ id: String, hash: UInt8 = 1) -> CallScope {
    var scope = self
    scope.request = RequestKey(id: id, hash: [UInt8](repeating: hash, count: 32))
    return scope
  }
}

extension WriteResult {
  var written: Written? { if case .written(let written) = self { written } else { nil } }
  var repeated: StoredAnswer? { if case .repeated(let answer) = self { answer } else { nil } }
}
