import CairnAPI
import EventLoop
import GRPC
import Patience
import Postgres
import Testing

@testable import Journal

/// A rollback point is the position of the write that says so. Nothing is locked for it.
@Suite struct PointTests {
  private struct Point {
    let position: Int64
    /// Rows at or below it when it was settled.
    let settled: Int64
    /// By the database's clock: before the point's write was begun, and after it was settled.
    let before, after: PostgresTimestamp
  }

  @Test("at or below a settled position everything is committed, above is only what ended later")
  func exact() async throws {
    try await withServer { server, database in
      let journal = server.journal
      for number in 0..<8 { _ = try await journal.createNote("n\(number)") }
      let writers = (0..<8).map { number in
        server.loop.startTask {
          while !Task.isCancelled {
            _ = try? await journal.createNote(UUID128.makeVersion7().description)
            _ = try? await journal.updateNotes(["n\(number)"], pause: .random(in: 0...0.008))
          }
        }
      }
      let reader = try database.connect()
      var points: [Point] = []
      for number in 0..<60 {
        let before = try reader.query("SELECT clock_timestamp()").only().decode(0, as: PostgresTimestamp.self)
        let acknowledged = try reader.query("SELECT max(position) FROM change").only().decode(
          0, as: Int64.self)
        let point = try await journal.createNote("point-\(number)").written??.position ?? 0
        #expect(point > acknowledged)
        try await journal.settle(point, until: .now + .seconds(20), on: server.loop)
        let row = try reader.query(
          "SELECT count(*), clock_timestamp() FROM change WHERE position <= $1", [point]
        ).only()
        points.append(
          Point(position: point, settled: try row.decode(0), before: before, after: try row.decode(1)))
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
        #expect(try row.decode(0, as: Int64.self) == point.settled)
        #expect(try row.decode(1, as: Int64.self) == 0)
        #expect(try row.decode(2, as: Int64.self) == 0)
      }
      #expect(points.map(\.position) == points.map(\.position).sorted())
    }
  }

  @Test("a point holds up no writer, and waits for none that begins later")
  func locksNothing() async throws {
    try await withServer { server, database in
      let journal = server.journal
      _ = try await journal.createNote("n")
      let slow = Task {
        await server.loop.run { try? await journal.updateNotes(["n"], pause: 1).written?.stamp?.position }
      }
      try await eventually("the slow write is under way") {
        try !database.connect().query(
          "SELECT FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
        ).isEmpty
      }
      let point = try await journal.createNote("point").written??.position ?? 0
      let later = try await journal.createNote("later").written??.position ?? 0
      #expect(later > point)
      #expect(journal.status.settled < point, "the slow write is older than the point and still under way")
      let written = await slow.value ?? 0
      #expect(written > point, "it drew its position after the point")
      try await journal.settle(point, until: .now + .seconds(20), on: server.loop)
    }
  }
}
