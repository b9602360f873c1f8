import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests

/// Reads what logs tell. It writes nothing.
struct InsightStore: Sendable {
  let sessions: SessionStore
  /// For events that take long to read.
  let blocking: BlockingPool

  var pool: PostgresPool { sessions.pool }

  /// What statements say of a session, and the session, all of one moment: one round trip. Throws SESSION_NOT_FOUND and
  /// SESSION_DELETED.
  func read(
    _ session: String, in project: ProjectID, _ statements: [BoundStatement]
  ) async throws(RPCError) -> [Rows] {
    let first = SessionQueries.one(session, in: project).statement
    let rows = try await pool.transaction(.repeatableSnapshot) { tx throws(RPCError) in
      try await database { () async throws(PostgresError) in try await tx.commit([first] + statements) }
    }
    _ = try Self.session(session, in: rows[0])
    return Array(rows.dropFirst())
  }

  /// The session that was read. Throws SESSION_NOT_FOUND and SESSION_DELETED.
  static func session(_ id: String, in rows: Rows) throws(RPCError) -> Session {
    let stored = try database { () throws(PostgresError) in
      try SessionQueries.read.results(rows).first(as: StoredSession.self)
    }
    guard let stored else { throw .sessionNotFound(id) }
    try stored.checkThere()
    return stored.session
  }
}

extension TransactionOptions {
  /// One snapshot for several reads, asked for again when the connection breaks.
  static let repeatableSnapshot = TransactionOptions(
    isolation: .repeatableRead, isReadOnly: true, isRepeatable: true)
}
