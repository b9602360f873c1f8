import CairnAPI
import GRPC
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct WriteTests {
  /// Checks the round trips of the server's pool while `body` runs.
  private func expect(
    roundTrips: Int, _ server: TestServer, sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Void
  ) async throws {
    let trips = try await server.roundTrips(body)
    #expect(trips == roundTrips, sourceLocation: sourceLocation)
  }

  /// A server whose background makes no round trips of its own.
  private func withQuietServer(_ body: @escaping @Sendable (TestServer, TestDatabase) async throws -> Void)
    async throws
  {
    let database = try TestDatabase(.notes)
    let server = try TestServer(database.url)
    try await server.run { try await body(server, database) }
  }

  @Test("a create takes one round trip, with or without a request id")
  func createRoundTrips() async throws {
    try await withQuietServer { server, _ in
      let journal = server.journal
      _ = try await journal.createNote("warm")
      _ = try await journal.createNote("warm-1", CallScope.test.named("warm"))
      _ = try await journal.createNote("warm-2", keys: .client)
      try await expect(roundTrips: 1, server) { _ = try await journal.createNote("a") }
      try await expect(roundTrips: 1, server) { _ = try await journal.createNote("b", keys: .client) }
      try await expect(roundTrips: 1, server) {
        _ = try await journal.createNote("c", CallScope.test.named("r"))
      }
    }
  }

  @Test("a write that locks rows takes two round trips, with or without a request id")
  func updateRoundTrips() async throws {
    try await withQuietServer { server, _ in
      let journal = server.journal
      _ = try await journal.createNote("a")
      _ = try await journal.updateNotes(["a"])
      try await expect(roundTrips: 2, server) { _ = try await journal.updateNotes(["a"]) }
      try await expect(roundTrips: 2, server) {
        _ = try await journal.updateNotes(["a"], CallScope.test.named("r"))
      }
    }
  }

  @Test("a write without locks takes one round trip")
  func planWithoutLocks() async throws {
    try await withQuietServer { server, database in
      let scope = CallScope.test.named("r")
      func write() async throws -> WriteResult<PlannedWrite<String>> {
        try await server.journal.write(in: scope) { _ in
          WritePlan("value", changes: [Notes.change("x", from: 1)]) { Array("answer".utf8) }
        }
      }
      try await expect(roundTrips: 1, server) {
        let result = try await write()
        #expect(result.written?.value == "value")
        #expect(result.written?.stamp?.position == 1)
      }
      let again = try await write().repeated
      #expect(again?.bytes == Array("answer".utf8))
    }
  }

  @Test("an empty plan draws nothing and writes nothing")
  func emptyPlan() async throws {
    try await withQuietServer { server, database in
      _ = try await server.journal.createNote("a")
      let locks = [WriteLock(.note, [Notes.lock.bind((.default, ["a"]))])]
      let result = try await server.journal.write(in: .test, locking: locks) { _ in WritePlan(3) }
      #expect(result.written?.value == 3)
      #expect(result.written?.stamp == nil)
      let last = try lastPosition(database)
      #expect(last == 1)
    }
  }

  @Test(
    "a named write that changes nothing is answered the same again, whatever has changed",
    arguments: [true, false])
  func namedEmptyPlan(locks: Bool) async throws {
    try await withQuietServer { server, database in
      let scope = CallScope.test.named("r")
      func write(_ changes: [ChangeRecord]) async throws -> WriteResult<PlannedWrite<Int>> {
        let lock = Notes.lock.bind((.default, ["a"]))
        return try await server.journal.write(in: scope, locking: locks ? [WriteLock(.note, [lock])] : []) {
          _ in
          WritePlan(3, changes: changes) { Array("refused".utf8) }
        }
      }
      let first = try await write([]).written
      #expect(first?.value == 3 && first?.stamp == nil)
      for changes in [[], [Notes.change("a", from: 1)]] {
        let again = try await write(changes).repeated
        #expect(again?.bytes == Array("refused".utf8))
        #expect(again?.stamp.position == 0)
      }
      #expect(try database.connect().query("SELECT id FROM change").isEmpty)
    }
  }

  @Test("a named write of which the journal has no change is answered the same again, and made once")
  func namedWithoutChanges() async throws {
    try await withQuietServer { server, database in
      _ = try await server.journal.createNote("a")
      let scope = CallScope.test.named("r")
      func write() async throws -> WriteResult<PlannedWrite<Int>> {
        let lock = Notes.lock.bind((.default, ["a"]))
        return try await server.journal.write(in: scope, locking: [WriteLock(.note, rows: ["a"], [lock])]) {
          _ in
          WritePlan(3, statements: [Notes.update.bind((.default, ["a"], "updated"))]) { Array("made".utf8) }
        }
      }
      let stamp = try #require(try await write().written?.stamp)
      let again = try await write().repeated
      #expect(again?.bytes == Array("made".utf8))
      #expect(again?.stamp == stamp)
      let version = try database.connect().query("SELECT version FROM note WHERE id = 'a'").only()
      #expect(try version.decode(0, as: Int64.self) == 2)
    }
  }

  @Test("changes carry the provenance of the call and count their ordinals from 0")
  func provenance() async throws {
    try await withQuietServer { server, database in
      let scope = CallScope(
        principal: "ann", agent: "builder", session: "s1", task: "t1", lease: Lease(id: "l1", epoch: 7),
        operation: "x/Y")
      try database.grantLease("l1", epoch: 7)
      for id in ["a", "b"] { _ = try await server.journal.createNote(id, scope) }
      let written = try await server.journal.updateNotes(["a", "b"], scope).written
      let rows = try database.connect().query(
        """
        SELECT ordinal, principal, agent, session, task, lease, lease_epoch, operation, kind, id, action,
          old_version, new_version, at = (SELECT max(at) FROM note)
        FROM change WHERE position = $1 ORDER BY ordinal
        """, [written?.stamp?.position])
      #expect(rows.count == 2)
      for (index, row) in rows.enumerated() {
        #expect(try row.decode(0, as: Int32.self) == Int32(index))
        let texts = try (1...5).map { try row.decode($0, as: String.self) }
        #expect(texts == ["ann", "builder", "s1", "t1", "l1"])
        #expect(try row.decode(6, as: Int64.self) == 7)
        let what = try (7...10).map { try row.decode($0, as: String.self) }
        #expect(what == ["x/Y", "note", ["a", "b"][index], "updated"])
        #expect(try row.decode(11, as: Int64.self) == 1)
        #expect(try row.decode(12, as: Int64.self) == 2)
        #expect(try row.decode(13, as: Bool.self))
      }
    }
  }

  @Test("what the plan throws takes everything back")
  func planThrows() async throws {
    try await withQuietServer { server, database in
      _ = try await server.journal.createNote("a")
      await #expect(throws: RPCError.self) {
        try await server.journal.updateNotes(["a"], at: 9, CallScope.test.named("r"))
      }
      #expect(try count("request", database) == 0)
      #expect(try count("change", database) == 1)
      // The id was not used up.
      #expect(try await server.journal.updateNotes(["a"], at: 1, CallScope.test.named("r")).written != nil)
    }
  }

  @Test("versions of a resource follow the order of positions under concurrent writers")
  func versionOrder() async throws {
    try await withQuietServer { server, database in
      for id in ["a", "b", "c"] { _ = try await server.journal.createNote(id) }
      try await withThrowingTaskGroup { group in
        for task in 0..<24 {
          group.addTask {
            for step in 0..<10 {
              let ids = [["a"], ["b", "c"], ["a", "b", "c"]][(task + step) % 3]
              _ = try await server.journal.updateNotes(ids)
            }
          }
        }
        try await group.waitForAll()
      }
      let wrong = try database.connect().query(
        """
        SELECT count(*) FROM (
          SELECT new_version - lag(new_version) OVER (PARTITION BY id ORDER BY position) AS step FROM change
        ) AS steps WHERE step <> 1
        """)
      #expect(try wrong.only().decode(0, as: Int64.self) == 0)
      #expect(try count("change", database) == 3 + 80 * (1 + 2 + 3))
    }
  }

  private func lastPosition(_ database: TestDatabase) throws -> Int64 {
    try database.connect().query("SELECT coalesce(pg_sequence_last_value('journal_position'), 0)")
      .only().decode(0)
  }

  private func count(_ table: String, _ database: TestDatabase) throws -> Int64 {
    try database.connect().query("SELECT count(*) FROM \(table)").only().decode(0)
  }
}
