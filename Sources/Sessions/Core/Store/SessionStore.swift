import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Sessions in PostgreSQL: the tables `session`, `session_version` and `session_head`.
struct SessionStore: Sendable {
  let journal: Journal
  let pool: PostgresPool
  let configuration: SessionConfiguration
  /// What changes left of them.
  let changed: ChangedResources<Session>

  init(journal: Journal, pool: PostgresPool, configuration: SessionConfiguration) {
    self.journal = journal
    self.pool = pool
    self.configuration = configuration
    changed = ChangedResources(of: "session", journal) { changes, project throws(RPCError) in
      try await Self.images(of: changes, in: project, pool)
    }
  }

  /// One session. NOT_FOUND when there is none, or when it is deleted and these are not wanted.
  ///
  /// - Parameter position: Settled; nil: as it is now.
  func session(
    _ id: String, at position: Int64? = nil, showDeleted: Bool = false, in project: ProjectID
  ) async throws(RPCError) -> StoredSession {
    let stored = try await database { () async throws(PostgresError) in
      try await pool.query(SessionQueries.read, SessionQueries.one(id, at: position, in: project)).first(
        as: StoredSession.self)
    }
    guard let stored else { throw .sessionNotFound(id) }
    if !showDeleted { try stored.checkThere() }
    return stored
  }

  /// One page of a list: one round trip, an answer of bounded size.
  func list(_ list: SessionList, in project: ProjectID) async throws(RPCError) -> ListSessionsResponse {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(SessionQueries.list, SessionQueries.page(list, in: project))
      var response = ListSessionsResponse()
      let (page, hasMore) = try found.page(of: list.pageSize) { row, columns throws(PostgresError) in
        try Session(decoding: row, columns)
      }
      response.sessions = page
      if hasMore, let last = page.last { response.nextPageToken = list.nextPageToken(after: last) }
      return response
    }
  }

  /// Sessions as changes left them.
  private static func images(
    of changes: [Change], in project: ProjectID, _ pool: PostgresPool
  ) async throws(RPCError) -> ChangedResources<Session>.Found {
    try await database { () async throws(PostgresError) in
      let found = try await pool.read(
        SessionQueries.images,
        (project, changes.map(\.id), changes.map(\.position), Limits.sessionImageBytes))
      return try found.found(for: changes.count) { row, columns throws(PostgresError) in
        try Session(decoding: row, columns)
      }
    }
  }
}
