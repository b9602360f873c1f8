import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct OperationFailureTests {
  @Test("when a worker dies another one goes on where it stopped, and every step is done once")
  func takesOver() async throws {
    try await withServer { server, database in
      let frozen = Freezing(at: 4)
      // In its only lane: no other one of the same server can take over.
      let other = try TestServer(database.url, { $0.operationLanes = 1 })
      other.journal.operations.start([frozen])
      let operation = try await server.journal.operations.begin("freezing", total: 10, in: .of("a"))
      other.journal.operations.nudge()
      try await eventually("the first worker hangs") { frozen.backend != nil }
      // Nobody else may touch it while its worker may still be alive.
      let heir = Freezing(at: .max)
      server.journal.operations.start([heir])
      #expect(try await server.find(operation).done == 4)
      let backend = try #require(frozen.backend)
      try database.connect().execute("SELECT pg_terminate_backend(\(backend))")
      try await server.becomes(.done, operation)
      #expect((frozen.steps, heir.steps) == (5, 6), "the step that hung was done again")
      #expect(try await server.find(operation).done == 10)
      frozen.thaw()
      await other.stop()
      #expect(try await server.find(operation).done == 10)
    }
  }

  @Test("an operation whose steps fail again and again is given up, and keeps none from their turns")
  func fails() async throws {
    try await withServer({ $0.operationLanes = 1 }) { server, database in
      let operations = server.journal.operations
      operations.start([Failing(), Counting("short", steps: 1)])
      let failing = try await operations.begin("failing", total: 0, in: .of("a"))
      try await eventually("it has failed once") {
        try await server.pool.read(Self.failures, []).only().decode(0, as: Int.self) > 0
      }
      try await server.becomes(.done, try await operations.begin("short", total: 1, in: .of("a")))
      #expect(try await server.find(failing).state == .running)
      // The pauses between attempts grow; here nobody waits for them.
      let connection = try database.connect()
      try await eventually("it was given up") {
        try connection.execute("UPDATE operation SET lease_time = '-infinity' WHERE holder = ''")
        operations.nudge()
        return try await server.find(failing).state == .failed
      }
      #expect(try await server.find(failing).message.hasPrefix("the database cannot take a value"))
      #expect(try await server.pool.read(Self.failures, []).only().decode(0, as: Int.self) == 10)
    }
  }

  private static let failures = Statement(
    "test_failures", "SELECT failures FROM operation WHERE kind = 'failing'")
}
