import CairnAPI
import EventLoop
import GRPC
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct MomentTests {
  private func find(
    _ connection: BlockingConnection, _ time: PostgresTimestamp, settled: Int64
  ) throws -> (position: Int64, isLast: Bool) {
    let row = try connection.query(
      "SELECT position, is_last FROM journal_moment('default', NULL, $1, $2)", [time, settled]
    ).only()
    return (try row.decode(0), try row.decode(1))
  }

  @Test("a time is the position of the last change at or before it, whatever lies between")
  func times() async throws {
    let database = try TestDatabase(.notes)
    let connection = try database.connect()
    // Changes of this project and of another one, with gaps, over three partitions and beyond them all.
    var rows: [(position: Int64, at: Int64)] = []
    var position: Int64 = 0
    for number in 0..<300 {
      position += number % 40 == 0 ? .random(in: 1...9_000_000) : .random(in: 1...4)
      rows.append((position, Int64(number) * 10))
    }
    for (index, row) in rows.enumerated() {
      for project in index % 3 == 0 ? ["default", "other"] : ["default"] {
        try connection.query(
          """
          INSERT INTO change (project_id, position, ordinal, at, principal, operation, kind, id, action)
          SELECT $1, $2, ordinal, $3, '', '', '', '', '' FROM generate_series(0, 2) AS ordinal
          """, [project, row.position, PostgresTimestamp(microseconds: row.at)])
      }
    }
    for _ in 0..<300 {
      let time = Int64.random(in: -5...3_010)
      let settled = Bool.random() ? position : rows.randomElement()!.position + .random(in: -1...1)
      let visible = rows.filter { $0.position <= settled }
      let expected = visible.last { $0.at <= time }?.position ?? 0
      let found = try find(connection, PostgresTimestamp(microseconds: time), settled: settled)
      #expect(found.position == expected)
      #expect(found.isLast == (expected == visible.last?.position ?? 0))
    }
  }

  @Test("where times cross by a blink, the same changes count whenever it is asked")
  func crossing() async throws {
    let database = try TestDatabase(.notes)
    let connection = try database.connect()
    var positions: [Int64] = []
    for number in 0..<400 {
      positions.append(Int64(number) * 3 + 1)
      try connection.query(
        """
        INSERT INTO change (project_id, position, ordinal, at, principal, operation, kind, id, action)
        VALUES ('default', $1, 0, $2, '', '', '', '', '')
        """, [positions[number], PostgresTimestamp(microseconds: Int64(number) * 10 + .random(in: 0...60))])
    }
    for _ in 0..<100 {
      let time = PostgresTimestamp(microseconds: .random(in: 0...2_000))
      let answers = try [400, 512, 700, 1_023, 1_200, 1 << 40].map {
        try find(connection, time, settled: $0).position
      }
      #expect(Set(answers.dropFirst(2)).count == 1)
    }
  }

  @Test("a moment has all that was acknowledged before, and waits for what is under way")
  func waits() async throws {
    try await withServer { server, database in
      let journal = server.journal
      _ = try await journal.createNote("a")
      let writers = (0..<4).map { number in
        server.loop.startTask {
          while !Task.isCancelled {
            _ = try? await journal.createNote(UUID128.makeVersion7().description)
            _ = try? await journal.updateNotes(["a"], pause: .random(in: 0...0.008))
          }
        }
      }
      let reader = try database.connect()
      var moments: [(Moment, Int64)] = []
      for number in 0..<60 {
        let row = try reader.query(
          "SELECT clock_timestamp(), coalesce(max(position), 0) FROM change"
        ).only()
        let place: WantedMoment.Place =
          number % 2 == 0 ? .time(try row.decode(0)) : .position(try row.decode(1))
        let moment = try await journal.moment(
          WantedMoment(place), in: .default, until: .now + .seconds(20), on: server.loop)
        let count: Int64 = try reader.query(
          "SELECT count(*) FROM change WHERE position <= $1", [moment.position]
        ).only().decode(0)
        moments.append((moment, count))
      }
      for writer in writers { writer.cancel() }
      for writer in writers { await writer.value }
      for (moment, count) in moments {
        let row = try reader.query(
          """
          SELECT count(*) FILTER (WHERE position <= $1), count(*) FILTER (WHERE position > $1 AND at < $2)
          FROM change
          """, [moment.position, PostgresTimestamp(microseconds: moment.time.microseconds - 100_000)]
        ).only()
        // What belongs to it had been committed when it was answered, and nothing that is much older is left out.
        #expect(try row.decode(0, as: Int64.self) == count)
        #expect(try row.decode(1, as: Int64.self) == 0)
      }
    }
  }

  @Test("a transaction that stays open is named when the deadline comes")
  func givesUp() async throws {
    try await withServer { server, database in
      let writer = try database.connect()
      try writer.execute("BEGIN")
      try writer.query("SELECT pg_current_xact_id(), nextval('journal_position')")
      let error = await #expect(throws: RPCError.self) {
        try await server.journal.moment(
          WantedMoment(.position(1)), in: .default, until: .now + .milliseconds(100), on: server.loop)
      }
      #expect(error?.code == .aborted && error?.reason == .contention)
      try writer.execute("COMMIT")
      let moment = try await server.journal.moment(
        WantedMoment(.position(1)), in: .default, until: .now + .seconds(20), on: server.loop)
      #expect(moment.position == 1)
    }
  }

  @Test("before the horizon nothing can be told")
  func pruned() async throws {
    try await withServer { server, database in
      for id in ["a", "b", "c"] { _ = try await server.journal.createNote(id) }
      let connection = try database.connect()
      try connection.execute(
        """
        UPDATE journal SET pruned_position = 2, pruned_time = (SELECT at FROM change WHERE position = 2);
        DELETE FROM change WHERE position <= 2;
        """)
      let horizon: PostgresTimestamp = try connection.query("SELECT pruned_time FROM journal").only().decode(
        0)
      func moment(_ place: WantedMoment.Place) async throws -> Moment {
        try await server.journal.moment(
          WantedMoment(place), in: .default, until: .now + .seconds(20), on: server.loop)
      }
      for place in [.position(1), .time(PostgresTimestamp(microseconds: horizon.microseconds - 1))]
        as [WantedMoment.Place]
      {
        let error = await #expect(throws: RPCError.self) { try await moment(place) }
        #expect(error?.reason == .positionPruned)
      }
      #expect(try await moment(.position(2)) == Moment(position: 2, time: horizon))
      #expect(try await moment(.time(horizon)) == Moment(position: 2, time: horizon))
      #expect(try await moment(.position(3)).time > horizon)
    }
  }
}
