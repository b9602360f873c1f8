import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Wire

@testable import Sessions

extension TestSchema {
  static let sessions = TestSchema(JournalMigrations.all + SessionMigrations.all)
}

/// The store of sessions on a database of its own.
struct TestSessions: Sendable {
  let store: SessionStore
  let server: TestServer
  let database: TestDatabase

  var scope: CallScope { CallScope(operation: "test.Sessions/Write") }

  func create(
    _ id: String = "s", by agent: String = "a", entities: [String] = [],
    _ configure: (inout Session) -> Void = { _ in }
  ) async throws -> Session {
    var request = CreateSessionRequest()
    var session = Session()
    (session.id, session.entities) = (id, entities)
    configure(&session)
    request.session = session
    request.agent = agent
    var violations = Violations()
    let draft = SessionDraft(validating: request, store.configuration, &violations)
    try violations.check()
    return try await store.create(draft, in: scope)
  }

  /// What the journal says was done, in order.
  func actions() throws -> [String] {
    try database.connect().query(
      "SELECT kind || ' ' || id || ' ' || action FROM change ORDER BY position, ordinal"
    )
    .map { try $0.decode(0, as: String.self) }
  }
}

/// Runs `body` on a loop with the store on a fresh database. Nothing else uses its connections: the journal is not started.
func withSessions<T: Sendable>(
  _ configure: (inout SessionConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable (TestSessions) async throws -> T
) async throws -> T {
  let database = try TestDatabase(.sessions)
  let server = try TestServer(database.url, { $0.listensForHints = false })
  var configuration = SessionConfiguration()
  configure(&configuration)
  let store = SessionStore(journal: server.journal, pool: server.pool, configuration: configuration)
  return try await server.run {
    try await body(TestSessions(store: store, server: server, database: database))
  }
}

/// A session as a test of rules has it.
func stored(
  _ state: SessionState = .working, agents: [String] = ["a"], expiresIn seconds: Int64? = 100,
  _ configure: (inout Session) -> Void = { _ in }
) -> StoredSession {
  var session = Session()
  session.id = "s"
  session.state = state
  session.agents = agents
  session.version = 3
  session.position = 7
  session.etag = "7"
  session.lastSequence = 5
  session.maxEvents = 100
  session.ttl = WellKnown.Duration(seconds: 3_600, nanos: 0)
  session.expireTime = seconds.map { WellKnown.Timestamp(seconds: 2_000_000_000 + $0) }
  configure(&session)
  return StoredSession(session: session, now: PostgresTimestamp(microseconds: 2_000_000_000_000_000))
}

/// The reason of a refusal; nil when `body` goes through.
func reason(_ body: () throws(RPCError) -> Void) -> ErrorReason? {
  do throws(RPCError) {
    try body()
    return nil
  } catch { return error.reason }
}
