import EventLoop
import GRPC
import Patience
import TestSupport
import Testing

@testable import Journal

@Suite struct OperationCancellingTests {
  @Test("cancelling works from any server, and no step follows it")
  func cancels() async throws {
    try await withServer { server, database in
      let crowd = Crowd()
      server.journal.operations.start([
        Counting("long", steps: .max, crowd: crowd), Counting("short", steps: 1),
      ])
      let long = try await server.journal.operations.begin("long", total: 0, in: .of("a"))
      try await eventually("some steps were done") { crowd.steps > 3 }

      let other = try TestServer(database.url)
      let (id, project) = (long.id, long.project)
      let cancelled = try await other.loop.run {
        await Result.of {
          try await other.journal.operations.cancel(id, in: project, until: .now + .seconds(60))
        }
      }.get()
      #expect(cancelled.state == .cancelled)
      let steps = crowd.steps
      // Its lane is free again, and it never comes back.
      let short = try await server.journal.operations.begin("short", total: 1, in: .of("a"))
      try await server.becomes(.done, short)
      #expect(crowd.steps <= steps + 1, "one that had begun finds itself cancelled")
      #expect(try await server.find(long) == cancelled)

      let again = try await server.journal.operations.cancel(id, in: project, until: .now)
      #expect(again == cancelled)
      #expect(
        await server.refusal { _ = try await $0.cancel(short.id, in: project, until: .now) }
          == .operationEnded)
      let foreign = try #require(ProjectID("b"))
      #expect(
        await server.refusal { _ = try await $0.cancel(id, in: foreign, until: .now) } == .operationNotFound)
      #expect(await server.refusal { _ = try await $0.get(id, in: foreign) } == .operationNotFound)
      await other.stop()
    }
  }
}
