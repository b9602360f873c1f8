import CairnAPI
import GRPC
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct RequestTests {
  @Test("a repeated create writes nothing and gets the first answer with its position")
  func repeatedCreate() async throws {
    try await withServer { server, database in
      let scope = CallScope.test.named("r1")
      let first = try await server.journal.createNote("a", scope).written ?? nil
      let second = try await server.journal.createNote("b", scope).repeated
      #expect(second?.bytes == Array("made a".utf8))
      #expect(second?.stamp == first)
      #expect(try rows("SELECT id FROM note", database) == ["a"])
    }
  }

  @Test("a repeated create with a key of the client's is told from a key that was taken")
  func takenKey() async throws {
    try await withServer { server, database in
      let scope = CallScope.test.named("r1")
      _ = try await server.journal.createNote("a", keys: .client, scope)
      #expect(try await server.journal.createNote("a", keys: .client, scope).repeated != nil)
      let other = try await server.journal.createNote("a", keys: .client, CallScope.test.named("r2"))
      #expect(other.written == .some(nil))
      // A failure is not kept: the id may be used once more.
      #expect(try rows("SELECT request_id FROM request", database) == ["r1"])
    }
  }

  @Test("the same id with another request is refused")
  func reused() async throws {
    try await withServer { server, _ in
      let journal = server.journal
      _ = try await journal.createNote("a", CallScope.test.named("r1"))
      _ = try await journal.updateNotes(["a"], CallScope.test.named("r2"))
      for attempt in 0..<2 {
        do {
          if attempt == 0 {
            _ = try await journal.createNote("b", CallScope.test.named("r1", hash: 2))
          } else {
            _ = try await journal.updateNotes(["a"], CallScope.test.named("r2", hash: 2))
          }
          Issue.record("not refused")
        } catch let error as RPCError {
          #expect(error.code == .invalidArgument)
          #expect(error.reason == .requestIdReused)
        }
      }
    }
  }

  @Test("ids are apart by project, principal and method")
  func scopes() async throws {
    try await withServer { server, database in
      try database.connect().execute("INSERT INTO project (project_id) VALUES ('other')")
      var scopes = [CallScope](repeating: CallScope.test.named("r"), count: 4)
      scopes[1].project = ProjectID("other")!
      scopes[2].principal = "ann"
      scopes[3].operation = "test.Notes/Other"
      for (index, scope) in scopes.enumerated() {
        #expect(try await server.journal.createNote("n\(index)", scope).written != nil)
      }
    }
  }

  @Test("an update that is repeated after it changed the version still gets its answer")
  func repeatedUpdate() async throws {
    try await withServer { server, _ in
      _ = try await server.journal.createNote("a")
      let scope = CallScope.test.named("r")
      let first = try await server.journal.updateNotes(["a"], at: 1, scope).written
      let second = try await server.journal.updateNotes(["a"], at: 1, scope).repeated
      #expect(second?.stamp == first?.stamp)
      #expect(second?.bytes == Array("updated".utf8))
    }
  }

  @Test("twins that run at once write once and get one answer", arguments: [false, true])
  func twins(updating: Bool) async throws {
    try await withServer { server, database in
      let journal = server.journal
      _ = try await journal.createNote("a")
      for round in 0..<20 {
        let scope = CallScope.test.named("r\(round)")
        let positions = try await withThrowingTaskGroup(of: (Int64?, Bool).self) { group in
          for twin in 0..<6 {
            group.addTask {
              if updating {
                let result = try await journal.updateNotes(["a"], at: Int64(round + 1), scope)
                return (
                  result.written?.stamp?.position ?? result.repeated?.stamp.position,
                  result.written != nil
                )
              }
              let result = try await journal.createNote("n\(round)-\(twin)", scope)
              return (
                result.written??.position ?? result.repeated?.stamp.position, result.written != nil
              )
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(positions.map(\.0)).count == 1)
        #expect(positions.filter(\.1).count == 1)
      }
      #expect(try rows("SELECT count(*)::text FROM change", database) == ["21"])
    }
  }

  @Test("named creates that wait together share a commit, and a repetition among them fails nobody")
  func sharedCommits() async throws {
    try await withServer { server, database in
      let journal = server.journal
      let first = try await journal.createNote("first", CallScope.test.named("r0")).written ?? nil
      let repeated = try await withThrowingTaskGroup(of: (Int, Stamp?).self) { group in
        for number in 0..<100 {
          group.addTask {
            let scope = CallScope.test.named("r\(number)")
            return (number, try await journal.createNote("n\(number)", scope).repeated?.stamp)
          }
        }
        return try await group.reduce(into: [Int: Stamp]()) { $0[$1.0] = $1.1 }
      }
      #expect(repeated.count == 1 && repeated[0] == first)
      #expect(try rows("SELECT count(*)::text FROM note", database) == ["100"])
      let commits = try rows("SELECT count(DISTINCT xmin::text)::text FROM note", database)
      #expect(Int(commits[0])! < 50)
      // Each answer has the position of its own write.
      let apart = """
        SELECT request_id FROM request JOIN change USING (project_id, position) JOIN note USING (project_id, position)
        WHERE answer = convert_to('made ' || note.id, 'UTF8') AND change.id = note.id AND request.at = note.at
        """
      #expect(try rows(apart, database).count == 100)
    }
  }

  @Test("twins on two servers that come in opposite orders do not wait for each other in a ring")
  func twinsOfTwoServers() async throws {
    let database = try TestDatabase(.notes)
    let servers = try [TestServer(database.url), TestServer(database.url)]
    try await servers[0].run {
      try await servers[1].run {
        for round in 0..<5 {
          let written = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<80 {
              for (index, server) in servers.enumerated() {
                let name = "\(round)-\(index == 0 ? number : 79 - number)"
                group.addTask {
                  try await server.journal.createNote("\(name)-\(index)", CallScope.test.named(name)).written
                    != nil
                }
              }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
          }
          #expect(written == 80)
        }
      }
    }
    let deadlocks = "SELECT deadlocks::text FROM pg_stat_database WHERE datname = current_database()"
    #expect(try rows(deadlocks, database) == ["0"])
  }

  @Test("an answer is forgotten after its time, and swept")
  func expiry() async throws {
    try await withServer({ $0.requestLifetime = .zero }) { server, database in
      let scope = CallScope.test.named("r")
      for id in ["a", "b"] { #expect(try await server.journal.createNote(id, scope).written != nil) }
      for _ in 0..<2 { #expect(try await server.journal.updateNotes(["a"], scope).written != nil) }
      try await Maintenance(pool: server.pool, loop: server.loop, server.journal.configuration).sweep()
      #expect(try rows("SELECT request_id FROM request", database) == [])
    }
  }

  @Test("equal messages have equal hashes, whatever the order of their maps")
  func hashes() {
    #expect(
      Digest.sha256(Array("abc".utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    var one = CreateContextRequest()
    one.context = Context()
    one.context?.metadata = .init()
    var other = one
    for number in 0..<50 { one.context?.metadata?.fields["k\(number)"] = .init() }
    for number in (0..<50).reversed() { other.context?.metadata?.fields["k\(number)"] = .init() }
    #expect(RequestKey("r", of: one) == RequestKey("r", of: other))
    #expect(RequestKey("", of: one) == nil)
  }

  private func rows(_ sql: String, _ database: TestDatabase) throws -> [String] {
    try database.connect().query(sql).map { try $0.decode(0) }
  }
}
