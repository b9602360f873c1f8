import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Forks and families of sessions: the table `session_ancestor`, and the places of sessions in families.
struct ForkStore: Sendable {
  let sessions: SessionStore

  private var journal: Journal { sessions.journal }
  private var pool: PostgresPool { sessions.pool }

  /// Makes a fork: two round trips, however long the log is. Nobody appends to the origin meanwhile.
  ///
  /// - Parameter sequence: The last event that both have; nil: the last one there is, and the values of now.
  func create(
    _ fork: SessionFork, at sequence: Int64?, in scope: CallScope
  ) async throws(RPCError) -> Session {
    var (id, _) = LockKind.session.key(chosen: fork.id)
    if fork.id.isEmpty { id = "sess-" + id }
    let result = try await afterLostRaces(
      over: "session_pkey", refusal: "others keep using the id \(id.quoted)"
    ) { () async throws(RPCError) in
      try await journal.write(part(fork, at: sequence, id: id, in: scope), in: scope)
    }
    switch result {
    case .repeated(let answer): return (try answer.decoded() as Session).stamped(answer.stamp)
    case .written(let write):
      var session = write.value
      if scope.effect == .takenBack, fork.id.isEmpty { session.id = "" }
      return session
    }
  }

  private func part(
    _ fork: SessionFork, at sequence: Int64?, id: String, in scope: CallScope
  ) -> WritePart<Session> {
    let project = scope.project
    let wanted = ForkQueries.Wanted(project: project, origin: fork.origin, sequence: sequence, id: id)
    // What is read behind the lock of the head stays as it is.
    let lock = WriteLock(
      .session, rows: [fork.origin],
      [
        ForkQueries.keepHead.bind((project, fork.origin)),
        SessionQueries.one(fork.origin, in: project).statement,
        ForkQueries.place.bind(wanted), ForkQueries.values.bind(wanted),
      ])
    return WritePart(locking: [lock]) { locked throws(RPCError) in
      let (stored, place) = try database { () throws(PostgresError) in
        (
          try SessionQueries.read.results(locked.rows[1]).first(as: StoredSession.self),
          try ForkPlace(locked.rows[2], values: locked.rows[3])
        )
      }
      guard let stored, let place else { throw .sessionNotFound(fork.origin) }
      var planned = try fork.session(of: stored, at: sequence, place, id: id)
      planned.id = id
      planned.version = 1
      planned.createTime = .ofTheWrite
      planned.updateTime = .ofTheWrite
      planned.expireTime = planned.livesFor.map { .afterTheWrite(microseconds: $0) }
      let session = planned
      return WritePlan(
        statements: [ForkQueries.insert.bind((project, session))],
        changes: [
          ChangeRecord(kind: "session", id: id, action: "created", oldVersion: nil, newVersion: 1)
        ], answer: { session.serializedBytes() }
      ) { written in
        written.stamp.map { session.stamped($0) } ?? session.told(over: nil)
      }
    }
  }

  /// One page of a family: two round trips, an answer of bounded size. Throws SESSION_NOT_FOUND and SESSION_DELETED.
  func list(_ tree: SessionTree, in project: ProjectID) async throws(RPCError) -> ListSessionTreeResponse {
    let found = try await database { () async throws(PostgresError) -> (root: String, isDeleted: Bool)? in
      let found = try await pool.read(ForkQueries.root, (project, tree.session))
      return try found.rows.first.map { row throws(PostgresError) in
        (try row.decode(found.columns.root), try row.decode(found.columns.isDeleted))
      }
    }
    guard let found else { throw .sessionNotFound(tree.session) }
    if found.isDeleted, !tree.showDeleted { throw .sessionDeleted(tree.session) }
    return try await database { () async throws(PostgresError) in
      let listed = try await pool.query(ForkQueries.tree, (project, found.root, tree))
      var response = ListSessionTreeResponse()
      response.root = found.root
      let (page, hasMore) = try listed.page(of: tree.pageSize) { row, columns throws(PostgresError) in
        try TreeRow(decoding: row, columns)
      }
      response.nodes = page.filter(\.isShown).map(\.node)
      if hasMore, let last = page.last { response.nextPageToken = tree.nextPageToken(after: last.node) }
      return response
    }
  }
}
