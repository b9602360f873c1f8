import Patience
import TestSupport
import Testing

@testable import Journal

@Suite struct OperationRunnerTests {
  @Test("kinds and projects have their turns at once, no more of them than there are lanes")
  func lanes() async throws {
    try await withServer({ $0.operationLanes = 3 }) { server, _ in
      let crowd = Crowd()
      let works = ["one", "two"].map { Counting($0, steps: 25, crowd: crowd) }
      var begun: [OperationRow] = []
      // Those that have waited longest come first, together: of both kinds, and of three projects.
      let order = [(0, "a"), (1, "b"), (0, "c"), (1, "a"), (0, "b")]
      for (work, project) in order {
        begun.append(try await server.journal.operations.begin(works[work].kind, total: 25, in: .of(project)))
      }
      server.journal.operations.start(works)
      for operation in begun { try await server.becomes(.done, operation) }
      #expect(crowd.most == 3)
      #expect(crowd.neighbours.contains { $0.count == 3 && Set($0.map(\.kind)).count == 2 })
      #expect(crowd.neighbours.contains { Set($0.map(\.project)).count == 3 })
      for operation in begun {
        let ended = try await server.journal.operations.get(operation.id, in: operation.project)
        #expect((ended.done, ended.total) == (25, 25))
      }
    }
  }

  @Test("a short operation does not wait for long ones, however many there are")
  func turns() async throws {
    try await withServer({ $0.operationLanes = 2 }) { server, _ in
      let operations = server.journal.operations
      var long: [OperationRow] = []
      for project in ["a", "b", "c", "d", "e"] {
        long.append(try await operations.begin("long", total: 0, in: .of(project)))
      }
      operations.start([Counting("long", steps: .max), Counting("short", steps: 3)])
      try await eventually("the long ones have begun") { try await server.find(long[0]).done > 0 }
      let short = try await operations.begin("short", total: 3, in: .of("a"))
      try await server.becomes(.done, short)
      try await eventually("each of the long ones has had a turn") {
        for operation in long where try await server.find(operation).done == 0 { return false }
        return true
      }
      for operation in long { #expect(try await server.find(operation).state == .running) }
    }
  }
}
