import CairnAPI
import EventLoop
import GRPC
import Patience
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Journal

@Suite struct HoldTests {
  @Test("history stays from the oldest hold on, until that is released or lapses")
  func keeps() async throws {
    try await withServer { server, database in
      let history = try TestHistory(try database.connect(), count: 1_000)
      let last = history.changes[999].position
      try await server.settled(last)
      let place = history.changes[400].position
      _ = try await server.journal.write(
        Hold.part("p", kind: .point, at: place, in: .default), in: .test)
      try history.keep(1)
      try await server.journal.holding(
        .export, at: history.changes[700].position, in: .default, on: server.loop
      ) { _ throws(RPCError) in
        do {
          while try await server.pruning.round(while: { true }) {}
          // A second before it, since times may cross.
          #expect(try (history.changes[395].position...place).contains(history.horizon()))
          _ = try await server.pool.write(
            Hold.releasing("p", in: .default).statement, Hold.releasing("p", in: .default).parameters)
          while try await server.pruning.round(while: { true }) {}
          #expect(
            try (history.changes[695].position...history.changes[700].position).contains(history.horizon()))
          try history.connection.execute("UPDATE hold SET until = now()")
        } catch { throw RPCError(.internal, "\(error)") }
      }
      while try await server.pruning.round(while: { true }) {}
      #expect(try history.horizon() == last)
      #expect(try history.left().isEmpty)
      try await eventually("the hold of what has ended is released") {
        try history.connection.query("SELECT FROM hold").isEmpty
      }
    }
  }

  @Test("nothing below the horizon can be held")
  func refused() async throws {
    try await withServer { server, database in
      let history = try TestHistory(try database.connect(), count: 100)
      let last = history.changes[99].position
      try await server.settled(last)
      try history.keep(1)
      while try await server.pruning.round(while: { true }) {}
      let below = last - 1
      let refusals = [
        await #expect(throws: RPCError.self) {
          _ = try await server.journal.write(Hold.part("p", kind: .point, at: below, in: .default), in: .test)
        },
        await #expect(throws: RPCError.self) {
          try await server.journal.holding(.export, at: below, in: .default, on: server.loop) { _ in }
        },
      ]
      for refusal in refusals {
        #expect(refusal?.code == .outOfRange && refusal?.reason == .positionPruned)
        #expect(refusal?.particular("oldest") == String(last))
      }
      #expect(try history.connection.query("SELECT FROM hold").isEmpty)
      // The horizon itself can be.
      try await server.journal.holding(.export, at: nil, in: .default, on: server.loop) { hold in
        #expect(hold.position == last)
      }
      #expect(
        try await server.journal.write(Hold.part("p", kind: .point, at: last, in: .default), in: .test)
          .written?.value
          .position == last)
    }
  }

  @Test("a hold that is taken while the horizon is about to move is waited for")
  func waits() async throws {
    try await withServer { server, database in
      let history = try TestHistory(try database.connect(), count: 100)
      let last = history.changes[99].position
      try await server.settled(last)
      try history.keep(1)
      let taker = try database.connect()
      try taker.execute("BEGIN")
      try taker.query(
        "SELECT journal_hold('default', 'h', 'point', $1, 3600)", [history.changes[50].position])
      let pruned = server.loop.startTask { _ = try? await server.pruning.round(while: { true }) }
      try await eventually("it waits") {
        try !history.connection.query(
          "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%journal_advance%'"
        ).isEmpty
      }
      try taker.execute("COMMIT")
      await pruned.value
      while try await server.pruning.round(while: { true }) {}
      #expect(try history.horizon() <= history.changes[50].position)
      #expect(try history.horizon() > 0)
    }
  }

  @Test("whoever was given a hold finds its state until it lets go, whenever the horizon moves")
  func races() async throws {
    try await withServer { server, database in
      let history = try TestHistory(try database.connect(), count: 3_000)
      try await server.settled(history.changes[2_999].position)
      let pruner = server.loop.startTask {
        // The horizon follows in steps.
        for step in 1...40 {
          try? history.keep(3_600 - Double(step) * 70)
          _ = try? await server.pruning.round(while: { true })
        }
      }
      let positions = history.changes.map(\.position)
      let outcomes = Mutex((held: 0, refused: 0, broken: 0))
      let holders = (0..<6).map { _ in
        server.loop.startTask {
          for _ in 0..<60 {
            let place = positions.randomElement()!
            do throws(RPCError) {
              try await server.journal.holding(.recording, at: place, in: .default, on: server.loop) {
                hold throws(RPCError) in
                outcomes.withLock { $0.held += 1 }
                for _ in 0..<3 {
                  await Task.yield()
                  do throws(RPCError) { try await server.journal.confirm(hold) } catch {
                    outcomes.withLock { $0.broken += 1 }
                  }
                }
              }
            } catch {
              let isRefused = error.reason == .positionPruned
              outcomes.withLock { if isRefused { $0.refused += 1 } else { $0.broken += 1 } }
            }
          }
        }
      }
      for holder in holders { await holder.value }
      await pruner.value
      let total = outcomes.withLock { $0 }
      #expect(total.held > 0 && total.refused > 0, "\(total)")
      #expect(total.broken == 0)
    }
  }

  @Test("a point holds its own position, and locks nothing for it")
  func here() async throws {
    try await withServer { server, database in
      let connection = try database.connect()
      _ = try await server.journal.createNote("a")
      let point = try await server.journal.write(
        WritePart { _ throws(RPCError) in
          WritePlan(
            (), statements: [Hold.here("p", kind: .point, in: .default)],
            changes: [ChangeRecord(kind: "point", id: "p", action: "created", oldVersion: nil, newVersion: 1)]
          )
        },
        in: .test
      ).written?.stamp?.position
      #expect(
        try connection.query("SELECT position FROM hold WHERE kind = 'point'").only().decode(
          0, as: Int64.self)
          == point)
      #expect(try connection.query("SELECT FROM horizon").isEmpty)
    }
  }
}
