import CairnAPI
import GRPC
import Postgres
import StandardProtos
import TestSupport
import Testing

@testable import Journal

/// Writes of several domains: notes, and labels, which notes know nothing of.
@Suite struct WritePartTests {
  private static let lockLabels = Statement(
    "lock_labels",
    "SELECT name, uses FROM label WHERE project_id = $1 AND name = ANY ($2) ORDER BY name FOR UPDATE")
  private static let useLabels = Statement(
    "use_labels",
    """
    UPDATE label SET uses = uses + 1, position = drawn.position FROM drawn
    WHERE project_id = $1 AND name = ANY ($2) RETURNING uses
    """)

  /// Uses labels; FAILED_PRECONDITION when one is not there.
  private func using(_ names: [String]) -> WritePart<[Int64]> {
    let lock = WriteLock(
      LockKind("label", rank: 900), rows: names, [Self.lockLabels.bind(["default", names])])
    return WritePart(locking: [lock]) { locked throws(RPCError) in
      guard locked.rows[0].count == names.count else {
        throw RPCError(.failedPrecondition, .contextNotFound, "no such label")
      }
      return WritePlan(
        statements: [Self.useLabels.bind(["default", names])],
        changes: names.map {
          ChangeRecord(kind: "label", id: $0, action: "used", oldVersion: nil, newVersion: nil)
        },
        answer: { Array("labels".utf8) }
      ) { written throws(RPCError) in
        try database { () throws(PostgresError) in
          try written.rows.first!.map { row throws(PostgresError) in try row.decode(0) }
        }
      }
    }
  }

  private func withDomains(_ body: @escaping @Sendable (TestServer, TestDatabase) async throws -> Void)
    async throws
  {
    try await withServer({ $0.pollInterval = .seconds(60) }) { server, database in
      try database.connect().execute(
        """
        CREATE TABLE label (project_id text COLLATE "C", name text COLLATE "C", uses bigint, position bigint,
          PRIMARY KEY (project_id, name));
        INSERT INTO label VALUES ('default', 'x', 0, 0), ('default', 'y', 7, 0)
        """)
      for id in ["a", "b"] { _ = try await server.journal.createNote(id) }
      try await body(server, database)
    }
  }

  @Test("a write of two domains has one position and takes two round trips", arguments: [false, true])
  func roundTrips(isNamed: Bool) async throws {
    let database = try TestDatabase(.notes)
    // Nothing in the background makes round trips of its own.
    let server = try TestServer(database.url)
    let result: Result<Void, any Error> = await server.loop.run {
      do {
        try database.connect().execute(
          """
          CREATE TABLE label (project_id text COLLATE "C", name text COLLATE "C", uses bigint, position bigint);
          INSERT INTO label VALUES ('default', 'x', 0, 0), ('default', 'y', 7, 0)
          """)
        _ = try await server.journal.createNote("a")
        _ = try await server.journal.updateNotes(["a"])
        let before = await server.pool.statistics().roundTrips
        let scope = isNamed ? CallScope.test.named("r") : .test
        let written = try await server.journal.write(
          WritePart.updating(["a"]).and(using(["x", "y"])), in: scope
        )
        .written
        let after = await server.pool.statistics().roundTrips
        #expect(after - before == 2)
        #expect(written?.value.0 == [2] && written?.value.1.sorted() == [1, 8])
        let rows = try database.connect().query(
          "SELECT kind, id, ordinal FROM change WHERE position = $1 ORDER BY ordinal",
          [written?.stamp?.position])
        #expect(try rows.map { try $0.decode(1, as: String.self) } == ["a", "x", "y"])
        return .success(())
      } catch { return .failure(error) }
    }
    await server.stop()
    try result.get()
  }

  @Test("a repetition gets the answers of both domains")
  func repeated() async throws {
    try await withDomains { server, _ in
      let part = WritePart.updating(["a"]).and(using(["x"]))
      let scope = CallScope.test.named("r")
      _ = try await server.journal.write(part, in: scope)
      let answers = try await server.journal.write(part, in: scope).repeated?.divided()
      #expect(answers?.0?.bytes == Array("updated".utf8))
      #expect(answers?.1?.bytes == Array("labels".utf8))
    }
  }

  @Test("everything that stands against a write is said at once, and nothing is written")
  func violations() async throws {
    try await withDomains { server, database in
      try database.grantLease("l", epoch: 2)
      var scope = CallScope.test
      scope.lease = Lease(id: "l", epoch: 1)
      do {
        _ = try await server.journal.write(WritePart.updating(["a"], at: 9).and(using(["none"])), in: scope)
        Issue.record("was written")
      } catch {
        let error = try #require(error as? RPCError)
        #expect(error.code == .aborted && error.reason == .leaseLost)
        let failure = error.details.compactMap { try? $0.unpack(GoogleRpcPreconditionFailure.self) }.first
        #expect(failure?.violations.map(\.type) == ["LEASE_LOST", "", "CONTEXT_NOT_FOUND"])
        for text in ["lease l", "stale", "no such label"] { #expect(error.message.contains(text)) }
      }
      let count = try database.connect().query("SELECT count(*) FROM change").only().decode(0, as: Int64.self)
      #expect(count == 2)
    }
  }

  @Test("locks are taken in the order of kinds, whatever the order of the parts")
  func lockOrder() async throws {
    try await withDomains { server, _ in
      let journal = server.journal
      try await withThrowingTaskGroup { group in
        for number in 0..<8 {
          group.addTask {
            try await server.loop.run {
              for _ in 0..<10 {
                if number % 2 == 0 {
                  _ = try await journal.write(
                    WritePart.updating(["a", "b"]).and(using(["x", "y"])), in: .test)
                } else {
                  _ = try await journal.write(
                    using(["x", "y"]).and(WritePart.updating(["a", "b"])), in: .test)
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("rows come back to the part that asked for them")
  func order() {
    func statement(_ name: String) -> BoundStatement { Statement(name, "").bind([]) }
    let low = LockKind("low", rank: 1)
    let high = LockKind("high", rank: 2)
    let order = LockOrder([
      WriteLock(high, [statement("a"), statement("b")]), WriteLock(low, [statement("c")]),
      WriteLock(high, [statement("d")]), WriteLock(low, [statement("e")]),
    ])
    #expect(order.statements.map(\.statement.name) == ["c", "e", "a", "b", "d"])
    #expect(order.places == [2, 3, 0, 4, 1])
  }

  @Test(
    "two answers are kept as one",
    arguments: [
      (nil, nil), ([], nil), (nil, []), ([1, 2], []), ([], [3]), ([1], [2, 3]),
    ] as [([UInt8]?, [UInt8]?)])
  func pairs(first: [UInt8]?, second: [UInt8]?) {
    let pair = StoredPair(first, second)
    #expect(StoredPair(bytes: pair.bytes) == pair)
  }

  @Test(
    "bytes that are no pair of answers are none",
    arguments: [[], [4, 0, 0, 0, 0], [1, 9, 0, 0, 0], [1, 0, 0, 0]])
  func noPair(_ bytes: [UInt8]) { #expect(StoredPair(bytes: bytes) == nil) }
}
