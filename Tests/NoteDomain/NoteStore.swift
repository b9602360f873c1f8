import GRPC
import Journal
import Postgres
import Requests

/// The tables `note` and `note_version`.
struct NoteStore: Sendable {
  let journal: Journal
  let pool: PostgresPool

  func create(_ draft: Note, _ scope: CallScope) async throws(RPCError) -> Note {
    var note = draft
    let (id, keys) = LockKind.note.key(chosen: draft.id)
    note.id = id
    let result = try await journal.create(
      in: scope, keys: keys, write: NoteQueries.create.bind((scope, note)), answer: { Array(id.utf8) })
    guard case .written(let rows) = result else { return try await answered(result, in: scope.project) }
    let stored = try NoteQueries.notes(rows).first
    guard let stored else { throw RPCError(.alreadyExists, "a note \(id.quoted) exists already") }
    return stored
  }

  func update(_ note: Note, _ scope: CallScope) async throws(RPCError) -> Note {
    let lock = NoteQueries.one(note.id, in: scope.project, isLocked: true).statement
    let result = try await journal.write(in: scope, locking: [WriteLock(.note, rows: [note.id], [lock])]) {
      locked throws(RPCError) in
      let stored = try NoteQueries.notes(locked.rows[0]).first.orNotFound(note.id)
      if !note.etag.isEmpty, note.etag != stored.etag {
        throw .etagMismatch(ResourceName(Note.self, "note", note.id), given: note.etag, current: stored.etag)
      }
      let change = ChangeRecord(
        kind: "note", id: note.id, action: "updated", oldVersion: stored.version,
        newVersion: stored.version + 1)
      return WritePlan(
        statements: [NoteQueries.update.bind((scope.project, note))], changes: [change],
        answer: { Array(note.id.utf8) }
      ) { written throws(RPCError) in try NoteQueries.notes(written.rows.last!)[0] }
    }
    guard case .written(let write) = result else { return try await answered(result, in: scope.project) }
    return write.value
  }

  func note(_ id: String, at position: Int64?, in project: ProjectID) async throws(RPCError) -> Note {
    try await read(NoteQueries.one(id, at: position, in: project)).first.orNotFound(id)
  }

  func read(_ query: Composition) async throws(RPCError) -> [Note] {
    try await database { () async throws(PostgresError) in
      try await pool.query(NoteQueries.read, query).decoded()
    }
  }

  /// The answer to a request that was made before: the note as that write left it.
  private func answered<T>(_ result: WriteResult<T>, in project: ProjectID) async throws(RPCError) -> Note {
    guard case .repeated(let answer) = result else { preconditionFailure("it was written now") }
    return try await note(
      String(decoding: answer.bytes, as: UTF8.self), at: answer.stamp.position, in: project)
  }
}

extension LockKind {
  static let note = LockKind("note", rank: 1_000)
}

extension Note? {
  fileprivate func orNotFound(_ id: String) throws(RPCError) -> Note {
    guard let self else { throw RPCError(.notFound, "no note \(id.quoted) in this project") }
    return self
  }
}
