import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Wire

@testable import Sessions

/// One of several servers on a database, and a client of it.
struct LogPeer: Sendable {
  let server: TestServer
  let client: SessionServiceClient
}

/// Runs `body` with clients of some servers that share a fresh database.
func withLogs(
  _ count: Int = 1, _ configure: (inout JournalConfiguration) -> Void = { _ in },
  _ body: @escaping @Sendable ([LogPeer], TestDatabase) async throws -> Void
) async throws {
  let database = try TestDatabase(.sessions)
  var servers: [(TestServer, GRPCServer, Channel)] = []
  for _ in 0..<count {
    let server = try TestServer(database.url, configure)
    let services = SessionServices(journal: server.journal, pool: server.pool, blocking: BlockingPool())
    try server.journal.start()
    let rpc = GRPCServer(services: services.all, group: server.group)
    let address = try await rpc.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
    servers.append((server, rpc, Channel(address.description, on: server.loop)))
  }
  let peers = servers.map { LogPeer(server: $0.0, client: SessionServiceClient($0.2)) }
  let result: Result<Void, any Error>
  do { result = .success(try await body(peers, database)) } catch { result = .failure(error) }
  for (server, rpc, channel) in servers {
    await channel.close()
    await rpc.drain(within: .seconds(5))
    await server.stop()
  }
  withExtendedLifetime(database) {}
  try result.get()
}

extension TestSessions {
  /// The logs of the same database.
  var log: LogStore { LogStore(sessions: store, blocking: BlockingPool()) }
}

extension SessionEvent {
  /// An event that changes nothing but the log.
  static let plain = SessionEvent.custom("plain")

  static func custom(_ name: String, by agent: String = "", payload: Int = 0) -> SessionEvent {
    SessionEvent.with {
      $0.type = .custom
      $0.name = name
      $0.agent = agent
      $0.payload = [UInt8](repeating: 7, count: payload)
    }
  }

  /// An event that leads the session to a state.
  static func leading(to state: SessionState, by agent: String = "") -> SessionEvent {
    SessionEvent.with {
      $0.type = .modified
      $0.agent = agent
      $0.change = EventChange.with { $0.entities = ["led"] }
      $0.transition = StateTransition.with { $0.toState = state }
    }
  }
}

extension LogAppend {
  static func test(_ events: [SessionEvent], to session: String, expected: Int64? = nil) -> LogAppend {
    var violations = Violations()
    let drafts = events.map { EventDraft(validating: $0, at: "event", &violations) }
    precondition(violations.isEmpty, "\(violations.listed)")
    return LogAppend(to: session, drafts, expected: expected)
  }
}

extension SessionServiceClient {
  @discardableResult
  func begin(
    _ id: String, agent: String = "", _ change: (inout Session) -> Void = { _ in }
  ) async throws(RPCError) -> Session {
    var request = CreateSessionRequest()
    request.agent = agent
    var session = Session()
    session.id = id
    change(&session)
    request.session = session
    return try await createSession(request)
  }

  @discardableResult
  func append(
    _ event: SessionEvent = .plain, to session: String,
    _ change: (inout AppendEventRequest) -> Void = { _ in }
  ) async throws(RPCError) -> AppendEventResponse {
    var request = AppendEventRequest()
    (request.session, request.event) = (session, event)
    change(&request)
    return try await appendEvent(request)
  }

  func get(_ id: String, recent: Int32 = 0) async throws(RPCError) -> Session {
    var request = GetSessionRequest()
    (request.id, request.recentEvents) = (id, recent)
    return try await getSession(request)
  }

  /// All pages of a log.
  func events(
    of session: String, _ change: (inout ListEventsRequest) -> Void = { _ in }
  ) async throws(RPCError) -> [[SessionEvent]] {
    var request = ListEventsRequest()
    request.session = session
    change(&request)
    var pages: [[SessionEvent]] = []
    repeat {
      let page = try await listEvents(request)
      pages.append(page.events)
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
    return pages
  }

  /// The places of a log's events.
  func sequences(
    of session: String, _ change: (inout ListEventsRequest) -> Void = { _ in }
  ) async throws(RPCError) -> [Int64] {
    try await events(of: session, change).flatMap { $0.map(\.sequence) }
  }

  func watch(
    _ session: String, _ change: (inout WatchSessionRequest) -> Void = { _ in }
  ) async throws(RPCError) -> ResponseStream<WatchSessionResponse> {
    var request = WatchSessionRequest()
    request.session = session
    change(&request)
    return try await watchSession(request)
  }
}

extension ResponseStream<WatchSessionResponse> {
  /// The next events.
  func events(_ count: Int) async throws(RPCError) -> [SessionEvent] {
    var events: [SessionEvent] = []
    while events.count < count, let response = try await next() {
      if case .appended(let event) = response.event { events.append(event) }
    }
    return events
  }
}

/// Why `body` was refused; nil when it was not.
func refusal(_ body: () async throws(RPCError) -> Void) async -> RPCError? {
  do throws(RPCError) { try await body() } catch { return error }
  return nil
}
