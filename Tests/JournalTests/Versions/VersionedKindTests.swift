import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

/// What the description of a kind gives, over random histories, against the plain list of what was written.
@Suite struct VersionedKindTests {
  static let kinds = [TestKind.cards, TestKind.ties]

  private func withHistory(
    _ test: TestKind, seed: UInt64 = 1, writes: Int,
    _ body: @escaping @Sendable (VersionHistory, TestDatabase) async throws -> Void
  ) async throws {
    try await withServer { server, database in
      try TestKinds.create(database)
      let history = VersionHistory(test, server, seed: seed)
      try await history.grow(by: writes)
      try await body(history, database)
    }
  }

  @Test("the state at every position is what was written, of one resource and of many", arguments: kinds)
  func images(_ test: TestKind) async throws {
    try await withHistory(test, writes: 60) { history, _ in
      for position in history.positions {
        let expected = history.rows(at: position)
        let all = try await history.read(at: position, test.ids)
        #expect(all == expected.only(test.ids))
        let one = [test.ids.randomElement(using: &history.random)!]
        let found = try await history.read(at: position, one)
        #expect(found == expected.only(one))
      }
      let present = try await history.read(at: .max, test.ids)
      #expect(present == history.rows.only(test.ids))
      let nobody = try await history.read(at: .max, ["nobody/9"])
      #expect(nobody.isEmpty)
    }
  }

  @Test("what is superseded is valid from its write until the one that replaced it", arguments: kinds)
  func superseded(_ test: TestKind) async throws {
    try await withHistory(test, writes: 60) { history, database in
      let tables = test.kind.tables
      let gaps = try database.connect().query(
        """
        SELECT count(*), count(*) FILTER (WHERE from_position >= position)
        FROM \(tables.history)
        """
      ).only()
      let (count, wrong) = (try gaps.decode(0, as: Int64.self), try gaps.decode(1, as: Int64.self))
      #expect(count > 30 && wrong == 0)
    }
  }

  @Test("a resource gets the values of one of its versions, and keeps its creation")
  func restored() async throws {
    try await withHistory(.cards, writes: 40) { history, fresh in
      let kind = TestKinds.card
      let id = history.rows.first { $0.value[""]!.version > 4 }!.key
      let present = history.rows[id]![""]!
      let created = try fresh.connect().query("SELECT create_time FROM card WHERE card_id = $1", [id])
        .only()
        .decode(0, as: PostgresTimestamp.self)
      for version: Int64 in [1, 3, present.version] {
        let former = history.moments.lazy.compactMap { $0.rows[id]?[""] }.first { $0.version == version }!
        let before = history.rows[id]![""]!
        let result = try await history.server.journal.write(in: .test) { _ throws(RPCError) in
          WritePlan(
            statements: kind.restoring(version: version, row: [[id]], in: .default), changes: []
          ) { written throws(RPCError) in
            try database { () throws(PostgresError) in
              let row = try written.rows.last!.only()
              return (try row.decode(1, as: Int64.self), try row.decode(3, as: PostgresTimestamp.self))
            }
          }
        }
        let written = try #require(result.written)
        #expect(written.value.0 == before.version + 1 && written.value.1 == created)
        history.note(
          history.rows.merging([
            id: [
              "": TestState(values: former.values, isDeleted: before.isDeleted, version: before.version + 1)
            ]
          ]) { $1 }, written.stamp!)
        let found = try await history.read(at: .max, [id])
        #expect(found == history.rows.only([id]))
      }
      let none = try await history.server.journal.write(in: .test) { _ throws(RPCError) in
        WritePlan(statements: kind.restoring(version: 99, row: [[id]], in: .default), changes: []) {
          $0.rows.last!.count
        }
      }
      #expect(none.written?.value == 0)
    }
  }

  @Test(
    "resources come back to their state at a moment, and what was is kept",
    arguments: kinds, [1, 2, 3] as [UInt64])
  func writtenBack(_ test: TestKind, seed: UInt64) async throws {
    try await withHistory(test, seed: seed, writes: 30) { history, database in
      for _ in 0..<25 {
        let moment = history.moments.randomElement(using: &history.random)!.moment
        let ids = Array(
          test.ids.shuffled(using: &history.random).prefix(
            Int.random(in: 0...test.ids.count, using: &history.random))
        )
        let before = history.rows
        let then = history.rows(at: moment.position)
        let part = test.kind.writeBack(ids, to: moment, in: .default)
        let written = try #require(try await history.server.journal.write(part, in: .test).written)
        let now = try await history.read(at: .max, test.ids)
        // Values as they were, and nothing else was touched.
        #expect(now.only(ids).values == then.only(ids).values)
        let others = test.ids.filter { !ids.contains($0) }
        #expect(now.only(others) == before.only(others))
        try Self.check(written.value, ids, before: before, now: now)
        let records = try database.connect().query(
          "SELECT id, old_version, new_version FROM change WHERE position = $1 ORDER BY ordinal",
          [written.stamp?.position])
        let expected = written.value.filter(\.isWritten)
        #expect(records.count == (written.stamp == nil ? 0 : expected.count))
        for (record, step) in zip(records, expected) {
          let (id, old, new): (String, Int64?, Int64?) = (
            try record.decode(0), try record.decode(1), try record.decode(2)
          )
          #expect(id == step.id && old == step.presentVersion && new == step.newVersion)
        }
        if let stamp = written.stamp {
          history.note(before.merging(now) { $1 }.filter { now[$0.key] != nil }, stamp)
        }
        try await history.grow(by: 2)
      }
      // All that was before is what it was, also after write-backs of write-backs.
      for position in history.positions {
        let found = try await history.read(at: position, test.ids)
        #expect(found == history.rows(at: position).only(test.ids))
      }
    }
  }

  /// What the steps say is what happened.
  private static func check(
    _ steps: [WriteBackStep], _ ids: [String], before: TestRows, now: TestRows
  ) throws {
    #expect(Set(steps.map(\.id)) == Set(ids))
    for id in ids {
      let (old, new) = (before[id] ?? [:], now[id] ?? [:])
      let written = steps.filter { $0.id == id && $0.isWritten }
      let differing = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
      #expect(written.count == differing.count, "\(id): \(written), \(old), \(new)")
      for step in steps where step.id == id {
        switch step.outcome {
        case .absent: #expect(old.isEmpty && new.isEmpty)
        case .changed, .deleted: #expect(step.newVersion == step.presentVersion! + 1)
        case .returned, .removed, .unchanged: break
        case .gone, .kept, .contradicting, .declined: Issue.record("\(step)")
        }
      }
    }
  }

  @Test("a write-back takes two round trips, and what its caller does not accept is not written")
  func accepted() async throws {
    let database = try TestDatabase(.notes)
    // Nothing in the background makes round trips of its own.
    let server = try TestServer(database.url)
    let result: Result<Void, any Error> = await server.loop.run {
      do {
        try TestKinds.create(database)
        let history = VersionHistory(.cards, server, seed: 5)
        try await history.grow(by: 40)
        let (moment, before) = (history.moments[20].moment, history.rows)
        let before2 = await server.pool.statistics().roundTrips
        let part = TestKinds.card.writeBack(TestKind.cards.ids, to: moment, in: .default) {
          $0.id != "a"
        }
        let steps = try #require(try await server.journal.write(part, in: .test).written?.value)
        #expect(await server.pool.statistics().roundTrips - before2 == 2)
        #expect(!steps.contains { $0.id == "a" && $0.isWritten } && steps.contains(where: \.isWritten))
        let found = try await history.read(at: .max, ["a"])
        #expect(found == before.only(["a"]))
        let refusing = TestKinds.card.writeBack(
          TestKind.cards.ids, to: history.moments[5].moment, in: .default
        ) {
          _ throws(RPCError) in throw RPCError(.aborted, "no")
        }
        let error = await #expect(throws: RPCError.self) {
          _ = try await server.journal.write(refusing, in: .test)
        }
        #expect(error?.message == "no")
        return .success(())
      } catch { return .failure(error) }
    }
    await server.stop()
    try result.get()
  }

  @Test(
    "what differs between two moments is found once, and the columns in which it does", arguments: kinds,
    [1, 2, 3] as [UInt64])
  func differences(_ test: TestKind, seed: UInt64) async throws {
    try await withHistory(test, seed: seed, writes: 60) { history, _ in
      // A write-back changes several rows of one resource at once, and others of it later.
      let former = history.moments[30].moment
      let part = test.kind.writeBack(test.ids, to: former, in: .default)
      let stamp = try #require(try await history.server.journal.write(part, in: .test).written?.stamp)
      history.note(try await history.read(at: .max, test.ids), stamp)
      try await history.grow(by: 20)
      for round in 0..<40 {
        let ends = [
          history.moments.randomElement(using: &history.random)!,
          history.moments.randomElement(using: &history.random)!,
        ]
        .sorted { $0.moment.position < $1.moment.position }
        let (earlier, later) = (ends[0], ends[1])
        let found = try await history.differences(
          from: earlier.moment, to: later.moment, limit: round % 2 == 0 ? 3 : 500)
        for id in test.ids {
          var left = found[id] ?? []
          let (old, new) = (earlier.rows[id] ?? [:], later.rows[id] ?? [:])
          var unchanged: [ExpectedDifference] = []
          for part in Set(old.keys).union(new.keys) {
            let expected = ExpectedDifference(old[part], new[part], of: test.kind)
            if old[part] == new[part] {
              unchanged.append(expected)
            } else if let place = left.firstIndex(of: expected) {
              left.remove(at: place)
            } else {
              Issue.record("\(id): \(expected) is not among \(found[id] ?? [])")
            }
          }
          // What was removed and stored again as it was may be told, once.
          for expected in unchanged {
            if let place = left.firstIndex(of: expected) { left.remove(at: place) }
          }
          #expect(left.isEmpty, "\(id): \(old) became \(new)")
        }
      }
    }
  }
}

/// What a difference says of one row, without its name.
struct ExpectedDifference: Equatable {
  let earlier: Difference.State?
  let later: Difference.State?
  let columns: [String]

  init(_ difference: Difference) {
    (earlier, later, columns) = (difference.earlier, difference.later, difference.columns)
  }

  init(_ earlier: TestState?, _ later: TestState?, of kind: VersionedKind) {
    self.earlier = earlier.map { Difference.State(version: $0.version, isDeleted: $0.isDeleted) }
    self.later = later.map { Difference.State(version: $0.version, isDeleted: $0.isDeleted) }
    let names = kind.columns.filter(\.isCompared).map(\.name)
    columns =
      if let earlier, let later {
        zip(names, zip(earlier.values, later.values)).filter { $1.0 != $1.1 }.map(\.0)
      } else { [] }
  }
}
