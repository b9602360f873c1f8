import CairnAPI
import EventLoop
import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct PruningTests {
  /// What a moment is, or why there is none.
  private func answer(_ server: TestServer, _ place: WantedMoment.Place) async -> Result<Moment, RPCError> {
    do throws(RPCError) {
      return .success(
        try await server.journal.moment(
          WantedMoment(place), in: .default, until: .now + .seconds(20), on: server.loop))
    } catch { return .failure(error) }
  }

  @Test("at and above the horizon every moment is what it was, below it none is", arguments: [0.0, 40.0])
  func moments(crossing: Double) async throws {
    try await withServer { server, database in
      let history = try TestHistory(
        try database.connect(), count: 2_000, crossing: -crossing...crossing, projects: ["default", "other"])
      let last = history.changes[history.changes.count - 1].position
      try await server.settled(last)
      var places: [WantedMoment.Place] = (0..<200).map { _ in .position(.random(in: 0...last)) }
      for _ in 0..<400 {
        let time = history.changes.randomElement()!.at.microseconds + .random(in: -3_000_000...3_000_000)
        places.append(.time(PostgresTimestamp(microseconds: time)))
      }
      var before: [Moment] = []
      for place in places { before.append(try await answer(server, place).get()) }

      try history.keep(3_600 - 800)
      while try await server.pruning.round(while: { true }) {}
      let horizon = try history.horizon()
      #expect(horizon > 0 && horizon < last)
      #expect(try history.left() == history.changes.map(\.position).filter { $0 > horizon })
      #expect(try history.left(in: "other").count == history.changes.count)
      let since: PostgresTimestamp = try history.connection.query("SELECT since FROM horizon").only().decode(
        0)
      for (place, former) in zip(places, before) {
        let isKept =
          switch place {
          case .position(let position): position >= horizon
          case .time(let time): time >= since
          case .known: true
          }
        switch await answer(server, place) {
        case .success(let moment): #expect(isKept && moment == former, "\(place)")
        case .failure(let error): #expect(!isKept && error.reason == .positionPruned, "\(place)")
        }
      }
    }
  }

  @Test("what is killed in the middle of pruning goes on, and never takes a row too many")
  func killed() async throws {
    try await withServer { server, database in
      let history = try TestHistory(try database.connect(), count: 4_000)
      try await server.settled(history.changes[history.changes.count - 1].position)
      try history.keep(600)
      var rounds = 0
      while true {
        rounds += 1
        var steps = 0
        // Stops after the horizon has moved, or after so many batches.
        let isLeft = try await server.pruning.round {
          steps += 1
          return steps < 2 + rounds
        }
        let horizon = try history.horizon()
        let left = try history.left()
        #expect(left.suffix { $0 > horizon } == history.changes.map(\.position).filter { $0 > horizon })
        if !isLeft, left.first ?? .max > horizon { break }
        #expect(rounds < 1_000)
      }
      #expect(rounds > 2)
      let cleared: Int64 = try history.connection.query("SELECT cleared_position FROM horizon").only().decode(
        0)
      #expect(try cleared == history.horizon())
    }
  }

  @Test("a project keeps everything while it says nothing, and others are not touched")
  func keepers() async throws {
    try await withServer { server, database in
      let history = try TestHistory(
        try database.connect(), count: 50, projects: ["default", "keeper", "deleted"])
      let last = history.changes[history.changes.count - 1].position
      try await server.settled(last)
      try history.keep(1)
      try history.keep(1, in: "deleted")
      try history.connection.execute("UPDATE project SET delete_time = now() WHERE project_id = 'deleted'")
      while try await server.pruning.round(while: { true }) {}
      #expect(try history.horizon() == last)
      #expect(try history.left().isEmpty)
      for project in ["keeper", "deleted"] {
        #expect(try history.horizon(of: project) == 0)
        #expect(try history.left(in: project).count == 50)
      }
      // A longer retention brings nothing back.
      try history.keep(nil)
      _ = try await server.pruning.round(while: { true })
      #expect(try history.horizon() == last)
    }
  }

  @Test("the duty does it by itself, and rows go only after readers had their time")
  func duty() async throws {
    let grace = Duration.milliseconds(400)
    try await withServer({ configuration in
      configuration.pruneInterval = .milliseconds(20)
      configuration.pruneGrace = grace
    }) { server, database in
      let history = try TestHistory(try database.connect(), count: 20)
      try history.keep(1)
      try await eventually("the horizon moves") { try history.horizon() > 0 }
      let moved = ContinuousClock.now
      var seen = ContinuousClock.now
      try await eventually("the rows go") {
        let isEmpty = try history.left().isEmpty
        if !isEmpty { seen = .now }
        return isEmpty
      }
      // The look that saw the horizon came at most one pause of the poll, and of a busy machine, later.
      #expect(ContinuousClock.now - moved > grace - .milliseconds(300), "\(seen - moved)")
    }
  }

  @Test("empty partitions are dropped, those in which somebody keeps something are not")
  func partitions() async throws {
    try await withServer { server, database in
      // Three partitions of 2^24 positions, the keeper's rows in the second.
      let history = try TestHistory(try database.connect(), count: 20, gap: 4_000_000)
      let last = max(history.changes[19].position, 40_000_000)
      try history.connection.query("SELECT setval('journal_position', $1)", [last])
      try history.connection.execute(
        """
        INSERT INTO project (project_id) VALUES ('keeper');
        INSERT INTO change (project_id, position, ordinal, at, principal, operation, kind, id, action)
        VALUES ('keeper', 20000000, 0, now() - interval '1 hour', '', '', '', '', '')
        """)
      try await server.settled(last)
      func lowers() throws -> [Int64] {
        try history.connection.query(
          "SELECT lower FROM journal_partition WHERE table_name = 'change' AND lower IS NOT NULL ORDER BY lower"
        ).map { try $0.decode(0) }
      }
      let before = try lowers()
      #expect(before.starts(with: [0, 1 << 24, 2 << 24]))
      try history.keep(1)
      while try await server.pruning.round(while: { true }) {}
      #expect(try history.left().isEmpty)
      // More are made meanwhile, ahead of the positions.
      func kept() throws -> [Int64] { try lowers().filter(before.contains) }
      #expect(try kept() == before.filter { $0 > 0 && ($0 != 2 << 24 || last < 3 << 24) })
      try history.keep(1, in: "keeper")
      while try await server.pruning.round(while: { true }) {}
      #expect(try kept() == before.filter { $0 > 1 << 24 && ($0 != 2 << 24 || last < 3 << 24) })
      // What is left takes writes.
      _ = try await server.journal.createNote("a")
    }
  }

  @Test("every table of history is found by project and position")
  func indexes() throws {
    let database = try TestDatabase(.notes)
    let slow: [String] = try database.connect().query(
      """
      SELECT table_name FROM journal_history
      WHERE NOT EXISTS (
        SELECT FROM pg_index WHERE indrelid = table_name::regclass
          AND pg_get_indexdef(indexrelid, 1, true) = 'project_id' AND pg_get_indexdef(indexrelid, 2, true) IN ('position', '"position"'))
      """
    ).map { try $0.decode(0) }
    #expect(slow == [])
  }
}

extension Array {
  /// The longest end whose elements all meet the condition.
  fileprivate func suffix(_ condition: (Element) -> Bool) -> [Element] {
    Array(reversed().prefix(while: condition).reversed())
  }
}
