import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// What one transaction of a purge did.
struct PurgeSlice {
  /// The sessions that it was about: those that may be purged.
  var due: [String] = []
  /// Events that it deleted.
  var events = 0
  /// Rows that it deleted.
  var removed = 0
}

extension PurgeStore {
  /// Sessions looked at together, rows of each table deleted at once, and bytes of events.
  private static let pageSessions = 1_000
  private static let batchRows = 1_000
  private static let batchBytes = 16 << 20

  /// The next sessions that may have been over for long enough, and whether they may go; nil when there are no more.
  func next(
    of purge: SessionPurge, after place: inout PurgePlace, in project: ProjectID
  ) async throws(RPCError) -> [(id: String, mayGo: Bool)]? {
    if !purge.ids.isEmpty {
      if place.isLast { return nil }
      place.isLast = true
      return purge.ids.map { ($0, true) }
    }
    let after = place
    let found = try await database { () async throws(PostgresError) in
      let found = try await pool.query(PurgeQueries.over, (project, purge, after, Self.pageSessions))
      return try found.map { row, columns throws(PostgresError) in
        (
          id: try row.decode(columns.id), time: try row.decode(columns.overTime),
          mayGo: try row.decode(columns.mayGo)
        )
      }
    }
    guard let last = found.last else { return nil }
    (place.time, place.id) = (last.time, last.id)
    return found.map { ($0.id, $0.mayGo) }
  }

  /// Deletes some of what belongs to those of some sessions that may be purged.
  func slice(
    of ids: [String], atMost count: Int, by purge: SessionPurge, in scope: CallScope
  ) async throws(RPCError) -> PurgeSlice {
    let project = scope.project
    return try await write(ids, atMost: count, isLast: false, by: purge, in: scope) { found in
      let due = found.map(\.id)
      let rows = PurgeQueries.Rows(project: project, ids: due, limit: Self.batchRows, bytes: Self.batchBytes)
      let statements =
        due.isEmpty
        ? []
        : [
          PurgeQueries.events.bind(rows), PurgeQueries.entities.bind(rows),
          PurgeQueries.checkpoints.bind(rows), PurgeQueries.former.bind(rows),
        ]
      return WritePlan(statements: statements, changes: []) { written in
        PurgeSlice(
          due: due, events: written.rows.first?.affectedCount ?? 0,
          removed: written.rows.reduce(0) { $0 + $1.affectedCount })
      }
    }
  }

  /// Takes away those of some sessions that may be purged and have no events any more; returns how many.
  func finish(
    _ ids: [String], by purge: SessionPurge, in scope: CallScope
  ) async throws(RPCError) -> Int {
    let project = scope.project
    return try await write(ids, atMost: ids.count, isLast: true, by: purge, in: scope) { found in
      WritePlan(
        found.count,
        statements: found.isEmpty ? [] : [PurgeQueries.purge.bind((project, found.map(\.id)))],
        changes: found.map {
          ChangeRecord(kind: "session", id: $0.id, action: "purged", oldVersion: $0.version, newVersion: nil)
        })
    }
  }

  /// A write that has locked sessions, and plans with those that may be purged.
  private func write<Value>(
    _ ids: [String], atMost count: Int, isLast: Bool, by purge: SessionPurge, in scope: CallScope,
    plan: @escaping ([PurgedSession]) -> WritePlan<Value>
  ) async throws(RPCError) -> Value {
    let purgeable = PurgeQueries.purgeable.bind((scope.project, purge, ids, count, isLast))
    let lock = WriteLock(.session, [SessionQueries.lockHeads.bind((scope.project, ids)), purgeable])
    let result = try await journal.write(in: scope, locking: [lock]) { locked throws(RPCError) in
      plan(
        try database { () throws(PostgresError) in
          try PurgeQueries.purgeable.results(locked.rows[1]).decoded()
        })
    }
    guard case .written(let write) = result else { preconditionFailure("it has no request id") }
    return write.value
  }

  /// How many events those of some sessions have that would be purged.
  func events(
    of ids: [String], by purge: SessionPurge, in project: ProjectID
  ) async throws(RPCError) -> [Int64] {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(PurgeQueries.count, (project, purge, ids))
      return try found.map { row, columns throws(PostgresError) in try row.decode(columns.events) }
    }
  }
}

/// A session that may be purged.
struct PurgedSession: DecodableRow {
  let id: String
  let version: Int64

  struct Columns: ColumnLayout {
    let id: Column<String>
    let version: Column<Int64>

    init(_ find: inout ColumnFinder) {
      id = find("session_id")
      version = find("version")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    id = try row.decode(columns.id)
    version = try row.decode(columns.version)
  }
}
