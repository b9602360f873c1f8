import EventLoop
import Patience
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import Journal

@Suite struct DutyTests {
  /// Counts rounds.
  private final class Rounds: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .sequentiallyConsistent) }
    func add() { count.wrappingAdd(1, ordering: .sequentiallyConsistent) }
  }

  private func duty(_ server: TestServer, every interval: Duration, _ rounds: Rounds) -> Duty {
    Duty("test", journal: server.journal, on: server.loop, every: interval) { _ in rounds.add() }
  }

  @Test("one has it, and leaves it to another when it stops")
  func takesTurns() async throws {
    try await withServer { server, database in
      let rounds = (Rounds(), Rounds())
      // The lease is three times the interval: far longer than the test may be held up.
      let first = duty(server, every: .seconds(60), rounds.0)
      first.start()
      try await eventually("its round", within: 60) { rounds.0.value == 1 }
      let second = duty(server, every: .milliseconds(20), rounds.1)
      #expect(await !second.keep())
      #expect(await first.keep())
      second.start()
      await first.stop()
      #expect(await !first.keep())
      try await eventually("its round", within: 60) { rounds.1.value >= 2 }
      #expect(rounds.0.value == 1)
      await second.stop()
      let left: Int64 = try database.connect().query("SELECT count(*) FROM journal_duty WHERE name = 'test'")
        .only().decode(0)
      #expect(left == 0)
    }
  }

  @Test("who gives no sign of life loses it")
  func expires() async throws {
    try await withServer { server, database in
      let rounds = Rounds()
      let silent = duty(server, every: .seconds(60), Rounds())
      #expect(await silent.keep())
      let heir = duty(server, every: .milliseconds(20), rounds)
      heir.start()
      #expect(rounds.value == 0)
      try database.connect().execute("UPDATE journal_duty SET expire_time = clock_timestamp()")
      try await eventually("its round", within: 60) { rounds.value >= 1 }
      #expect(await !silent.keep())
      await heir.stop()
    }
  }
}
