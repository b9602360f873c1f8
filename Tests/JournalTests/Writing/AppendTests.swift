import CairnAPI
import EventLoop
import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

/// Appends to one log: those that wait at the same moment share a transaction.
@Suite struct AppendTests {
  /// Appends from tasks of all loops at once; returns the places, nil for those that failed, and why.
  private func append(
    _ count: Int, to log: String, _ server: TestServer
  ) async -> (places: [Int64], errors: [RPCError]) {
    await withTaskGroup(of: Result<Int64, RPCError>.self) { group in
      for number in 0..<count {
        let loop = server.group.loops[number % server.group.loops.count]
        group.addTask {
          await loop.run {
            do throws(RPCError) {
              return .success(
                try await server.journal.append("\(number)", to: log).written.flatMap(\.self) ?? 0)
            } catch { return .failure(error) }
          }
        }
      }
      return await group.reduce(into: ([], [])) { sum, result in
        switch result {
        case .success(let place): sum.0.append(place)
        case .failure(let error): sum.1.append(error)
        }
      }
    }
  }

  @Test("places have no gaps and follow positions, and many appends share a transaction")
  func grouped() async throws {
    try await withLogs { server, database in
      let (places, errors) = await append(300, to: "hot", server)
      #expect(errors.isEmpty)
      #expect(places.sorted() == Array(1...300))
      let row = try database.connect().query(
        """
        SELECT count(*), count(DISTINCT transaction),
          bool_and(place = rank) FROM (
            SELECT place, row_number() OVER (ORDER BY position) AS rank, xmin::text AS transaction FROM log_entry
          ) AS entry
        """
      ).only()
      #expect(try row.decode(0, as: Int64.self) == 300)
      #expect(try row.decode(1, as: Int64.self) < 150)
      #expect(try row.decode(2, as: Bool.self))
    }
  }

  @Test("an append takes one round trip")
  func roundTrips() async throws {
    let database = try TestDatabase(.notes)
    try database.connect().execute(Logs.schema)
    // Nothing in the background makes round trips of its own.
    let server = try TestServer(database.url)
    let trips = await server.loop.run {
      _ = try? await server.journal.append("warm", to: "hot")
      let before = await server.pool.statistics().roundTrips
      _ = try? await server.journal.append("x", to: "hot")
      return await server.pool.statistics().roundTrips - before
    }
    await server.stop()
    #expect(trips == 1)
  }

  @Test("appends that wait for their log hold one connection a loop, and nobody else up")
  func oneConnection() async throws {
    try await withLogs(pool: { $0.lockTimeout = .seconds(20) }) { server, database in
      let other = try database.connect()
      try other.execute("BEGIN; SELECT FROM log WHERE log_id = 'hot' FOR UPDATE")
      let waiting = Task { await append(200, to: "hot", server) }
      try await eventually("appends of both loops wait") {
        try database.connect().query(
          "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        ).count == 2
      }
      for number in 0..<20 {
        #expect(try await server.journal.append("x", to: "cold").written == Int64(number + 1))
        _ = try await server.journal.createNote("note-\(number)")
      }
      let blocked = try database.connect().query(
        "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
      ).count
      #expect(blocked == 2)
      try other.execute("COMMIT")
      #expect(await waiting.value.places.sorted() == Array(1...200))
    }
  }

  @Test("a log that stays locked fails those who wait for it, all at once")
  func lockTimeout() async throws {
    try await withLogs(pool: { $0.lockTimeout = .milliseconds(200) }) { server, database in
      let other = try database.connect()
      try other.execute("BEGIN; SELECT FROM log WHERE log_id = 'hot' FOR UPDATE")
      let start = ContinuousClock.now
      let (places, errors) = await append(100, to: "hot", server)
      #expect(places.isEmpty)
      #expect(errors.count == 100 && errors.allSatisfy { $0.reason == .contention })
      // One after the other they would take 20 seconds.
      #expect(ContinuousClock.now - start < .seconds(15))
      try other.execute("COMMIT")
      #expect(await append(10, to: "hot", server).places.sorted() == Array(1...10))
    }
  }

  @Test("an append to a log that is not there writes nothing")
  func missing() async throws {
    try await withLogs { server, database in
      let place = try await server.journal.append("x", to: "none").written
      #expect(place == .some(nil))
      #expect(try database.connect().query("SELECT FROM change").isEmpty)
    }
  }

  @Test("a named append to a log that is not there keeps no answer, whatever its connection wrote before")
  func missingNamed() async throws {
    try await withLogs { server, database in
      for attempt in 0..<3 {
        let place = try await server.journal.append("x", to: "none", CallScope.test.named("r")).written
        #expect(place == .some(nil), "attempt \(attempt)")
        _ = try await server.journal.append("y", to: "hot", CallScope.test.named("other \(attempt)"))
      }
      #expect(try database.connect().query("SELECT FROM request WHERE request_id = 'r'").isEmpty)
    }
  }

  @Test("a repeated append has its first answer, and the log one entry")
  func repeated() async throws {
    try await withLogs { server, _ in
      let scope = CallScope.test.named("r")
      let first = try await server.journal.append("x", to: "hot", scope).written
      #expect(first == 1)
      #expect(try await server.journal.append("x", to: "hot", scope).repeated?.bytes == Array("x".utf8))
      #expect(try await server.journal.append("y", to: "hot").written == 2)
    }
  }

  @Test("one append of a group that fails does not fail its neighbours")
  func neighbours() async throws {
    try await withLogs { server, database in
      try database.connect().execute("ALTER TABLE log_entry ADD CHECK (body <> '7')")
      let (places, errors) = await append(40, to: "hot", server)
      #expect(errors.count == 1)
      #expect(places.sorted() == Array(1...39))
    }
  }
}
