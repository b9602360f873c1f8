import EventLoop
import Patience
import TestSupport
import Testing

@testable import Postgres

@Suite("Pool: turns")
struct TurnsTests {
  /// As ``TestDatabase/withPool(_:loops:_:_:)``, with the loops that the pool is on.
  private func withLoops(
    _ count: Int, _ schema: String = "", _ configure: (inout PoolConfiguration) -> Void,
    _ body: (PostgresPool, [EventLoop], TestDatabase) async throws -> Void
  ) async throws {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    if !schema.isEmpty { try database.connect().execute(schema) }
    let group = EventLoopGroup(loops: count)
    defer { group.stop() }
    var configuration = PoolConfiguration()
    configure(&configuration)
    let pool = try PostgresPool(
      url: database.url, loops: group.loops, blocking: BlockingPool(), configuration: configuration)
    let result: Result<Void, any Error>
    do { result = .success(try await body(pool, group.loops, database)) } catch { result = .failure(error) }
    await pool.close()
    try result.get()
  }

  @Test("a loop that waits gets the turn that was given back, not the busy one that asks again at once")
  func acrossLoops() async throws {
    try await withLoops(2) {
      $0.maximumConnections = 8
      $0.acquireTimeout = .milliseconds(500)
    } _: { pool, loops, database in
      let admin = try database.connect()
      // Two turns, and two callers of one loop that take them again and again.
      let busy = (0..<2).map { _ in
        Task {
          await loops[0].run { while !Task.isCancelled { _ = try? await pool.query(.nap, [0.05]) } }
        }
      }
      try await eventually("both turns are taken") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == 2
      }
      for _ in 0..<5 {
        let row: Int64 = try await loops[1].run { () async throws(PostgresError) in
          try await pool.query(.one).only().decode(0)
        }
        #expect(row == 1)
      }
      for task in busy { task.cancel() }
      for task in busy { await task.value }
    }
  }

  enum Wait: CaseIterable { case turn, turnOfBatch, batchUnderWay, connection }

  @Test("a write that is cancelled while it waits leaves at once", arguments: Wait.allCases)
  func cancelledWhileWaiting(wait: Wait) async throws {
    try await withLoops(1) {
      $0.maximumConnections = 8
      $0.acquireTimeout = .seconds(120)
    } _: { pool, _, database in
      let admin = try database.connect()
      let project = WriteGroup("busy")
      func write() async throws(PostgresError) {
        switch wait {
        case .turn: _ = try await pool.write(.nap, [60.0], group: project)
        case .turnOfBatch, .batchUnderWay:
          _ = try await pool.groupWrite(.nap, [60.0], group: WriteGroup("busy", behind: "head"))
        case .connection: _ = try await pool.write(.nap, [60.0])
        }
      }
      // One loop: look-ups have a connection, upkeep has one, and the writes of a project two or three of the other six.
      let running: Int64 =
        switch wait {
        case .turn, .turnOfBatch: 2
        case .batchUnderWay: 1
        case .connection: 6
        }
      let ahead = (0..<running).map { _ in
        Task {
          if wait == .turnOfBatch {
            _ = try await pool.write(.nap, [60.0], group: project)
          } else {
            try await write()
          }
        }
      }
      try await eventually("those ahead run") {
        try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == running
      }
      let late = Task { try await write() }
      if wait != .batchUnderWay {
        try await eventually("one waits") { await pool.statistics().pending == 1 }
      }
      late.cancel()
      let began = ContinuousClock.now
      let error = await #expect(throws: PostgresError.self) { try await late.value }
      #expect(error?.isCancelled == true)
      #expect(ContinuousClock.now - began < .seconds(10 * patience))
      #expect(try admin.query(TestDatabase.runningNaps).value(as: Int64.self) == running)
      for task in ahead { task.cancel() }
      for task in ahead { _ = try? await task.value }
    }
  }

  @Test("writes behind one head that left a session of no use take one other connection together")
  func staleBatch() async throws {
    let schema = """
      CREATE TABLE item (id int8, size int4);
      INSERT INTO item VALUES (1, 7);
      CREATE FUNCTION sized() RETURNS int8 LANGUAGE plpgsql AS $$
      DECLARE found record;
      BEGIN
        SELECT size INTO found FROM item WHERE id = 1;
        RETURN found.size + 1;
      END $$;
      """
    let sized = Statement("sized", "SELECT sized()")
    try await withLoops(1, schema) {
      $0.maximumConnections = 12
    } _: { pool, loops, database in
      let group = WriteGroup("1", behind: "head")
      #expect(try await pool.groupWrite(sized, [], group: group).only().decode(0) == Int64(8))
      try database.connect().execute("ALTER TABLE item ALTER COLUMN size TYPE int8")
      let before = await pool.statistics().created
      // On the loop, so that all of them come in one turn.
      let answers = try await loops[0].run { () async throws(PostgresError) in
        let writes = (0..<6).map { _ in
          Task.immediate(executorPreference: loops[0]) { () async -> Result<Rows, PostgresError> in
            do throws(PostgresError) {
              return .success(try await pool.groupWrite(sized, [], group: group))
            } catch {
              return .failure(error)
            }
          }
        }
        var answers: [Int64] = []
        for write in writes { answers.append(try await write.value.get().only().decode(0)) }
        return answers
      }
      #expect(answers == Array(repeating: 8, count: 6))
      #expect(await pool.statistics().created - before <= 1)
    }
  }

  @Test("a merged look-up counts as all those it stands for")
  func mergedDepth() async throws {
    let counted = Statement(
      "counted", "SELECT $1::text, 1::int8",
      merged: Statement(
        "counted_merged",
        """
        SELECT wanted.name, count(*) OVER (), wanted.place
        FROM unnest($1::text[]) WITH ORDINALITY AS wanted (name, place)
        """))
    try await withLoops(1) {
      $0.lookupDepth = 8
    } _: { pool, loops, _ in
      let sizes = try await loops[0].run { () async throws(PostgresError) in
        let lookups = (0..<64).map { number in
          Task.immediate(executorPreference: loops[0]) { () async -> Result<Int64, PostgresError> in
            do throws(PostgresError) {
              return .success(try await pool.lookup(counted, ["\(number)"]).only().decode(1))
            } catch { return .failure(error) }
          }
        }
        var sizes: [Int64] = []
        for lookup in lookups { sizes.append(try await lookup.value.get()) }
        return sizes
      }
      #expect(sizes.count == 64)
      #expect(sizes.max()! > 1 && sizes.max()! <= 8)
    }
  }
}
