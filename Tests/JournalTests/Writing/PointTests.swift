import CairnAPI
import EventLoop
import GRPC
import Postgres
import Testing

@testable import Journal

@Suite struct PointTests {
  @Test("everything at or below a point is committed, everything above begins later")
  func exact() async throws {
    try await withServer { server, database in
      let journal = server.journal
      for number in 0..<8 { _ = try await journal.createNote("n\(number)") }
      let writers = (0..<8).map { number in
        server.loop.startTask {
          while !Task.isCancelled {
            _ = try? await journal.createNote(UUID128.makeVersion7().description)
            _ = try? await journal.updateNotes(["n\(number)"]) { () async throws(RPCError) in
              try? await server.loop.sleep(for: .milliseconds(.random(in: 0...8)))
            }
          }
        }
      }
      let reader = try database.connect()
      var points: [(position: Int64, committed: Int64, before: PostgresTimestamp, after: PostgresTimestamp)] =
        []
      for _ in 0..<60 {
        let before = try reader.query("SELECT clock_timestamp()").only().decode(0, as: PostgresTimestamp.self)
        let position = try await journal.point(
          .default, until: .now + .seconds(20), on: server.loop)
        let row = try reader.query(
          "SELECT count(*), clock_timestamp() FROM change WHERE position <= $1", [position]
        ).only()
        points.append((position, try row.decode(0), before, try row.decode(1)))
        try await server.loop.sleep(for: .milliseconds(.random(in: 0...10)))
      }
      for writer in writers { writer.cancel() }
      for writer in writers { await writer.value }
      for point in points {
        let row = try reader.query(
          """
          SELECT count(*) FILTER (WHERE position <= $1),
            count(*) FILTER (WHERE position > $1 AND at < $2),
            count(*) FILTER (WHERE position <= $1 AND at > $3)
          FROM change
          """, [point.position, point.before, point.after]
        ).only()
        #expect(try row.decode(0, as: Int64.self) == point.committed)
        #expect(try row.decode(1, as: Int64.self) == 0)
        #expect(try row.decode(2, as: Int64.self) == 0)
      }
      #expect(points.map(\.position) == points.map(\.position).sorted())
      #expect(Set(points.map(\.position)).count > 10)
    }
  }

  @Test("a point that waits too long lets writers pass, and gives up in the end")
  func givesUp() async throws {
    try await withServer({ $0.pointLockTimeout = .milliseconds(20) }) { server, database in
      let writer = try database.connect()
      try writer.execute("BEGIN")
      try writer.query(
        "SELECT pg_advisory_xact_lock_shared($1, $2)",
        [AdvisoryLockClass.project.rawValue, ProjectID.default.lockKey])
      do {
        _ = try await server.journal.point(.default, until: .now + .milliseconds(200), on: server.loop)
        Issue.record("did not give up")
      } catch let error as RPCError {
        #expect(error.code == .aborted)
        #expect(error.reason == .contention)
      }
      _ = try await server.journal.createNote("a")
      try writer.execute("COMMIT")
      let point = try await server.journal.point(.default, until: .now + .seconds(5), on: server.loop)
      #expect(point == 1)
    }
  }
}
