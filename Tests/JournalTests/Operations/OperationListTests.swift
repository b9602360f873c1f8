import GRPC
import TestSupport
import Testing

@testable import Journal

@Suite struct OperationListTests {
  @Test("one of a kind and subject is under way at a time; the next one is another")
  func onlyOne() async throws {
    try await withServer { server, _ in
      let operations = server.journal.operations
      let first = try await operations.begin("count", about: "x", total: 1, in: .of("a"))
      #expect(try await operations.begin("count", about: "x", total: 9, in: .of("a")) == first)
      #expect(try await operations.begin("count", about: "y", total: 1, in: .of("a")).id != first.id)
      #expect(try await operations.begin("count", about: "x", total: 1, in: .of("b")).id != first.id)
      operations.start([Counting("count", steps: 1)])
      try await server.becomes(.done, first)
      #expect(try await operations.begin("count", about: "x", total: 1, in: .of("a")).id != first.id)
    }
  }

  @Test("lists have the newest first, by kind and state")
  func lists() async throws {
    try await withServer { server, _ in
      let operations = server.journal.operations
      var ids: [String] = []
      for number in 0..<6 {
        let kind = number.isMultiple(of: 2) ? "even" : "odd"
        ids.insert(try await operations.begin(kind, about: "\(number)", total: 0, in: .of("a")).id, at: 0)
      }
      _ = try await operations.begin("even", total: 0, in: .of("b"))
      _ = try await operations.cancel(ids[0], in: try #require(ProjectID("a")), until: .now)
      func list(
        before id: String? = nil, kinds: [String] = [], states: [OperationRow.State] = [], limit: Int = 10
      ) async throws -> [String] {
        try await operations.list(
          OperationPage(before: id, kinds: kinds, states: states, limit: limit),
          in: try #require(ProjectID("a"))
        ).map(\.id)
      }
      #expect(try await list() == ids)
      #expect(try await list(before: ids[2], limit: 2) == [ids[3], ids[4]])
      #expect(try await list(kinds: ["odd"]) == [ids[0], ids[2], ids[4]])
      #expect(try await list(states: [.cancelled, .done]) == [ids[0]])
      #expect(
        try await list(before: ids[1], kinds: ["odd", "none"], states: [.running]) == [ids[2], ids[4]])
    }
  }
}
