import CairnAPI
import Journal
import Requests
import Testing

@testable import Contexts

@Suite struct RecallStoreTests {
  @Test(
    "a recall says that there are more memories than it weighs",
    arguments: [(4, false), (5, false), (6, true)])
  func truncated(memories: Int, isTruncated: Bool) async throws {
    var configuration = ContextConfiguration()
    configuration.weighedMemories = 5
    try await withStore(configuration) { test in
      for number in 0..<memories {
        _ = try await test.store.create(try memory("Anna lives in town \(number)"), in: test.scope)
      }
      for (query, matchesAll) in [("", false), ("where does Anna live", false), ("anna", true)] {
        var request = RecallRequest()
        request.query = query
        request.matchAll = matchesAll
        let answer = try await test.stores.memory.recall(Recall(validating: request), at: nil, in: .default)
        #expect(answer.truncated == isTruncated, "\(query)")
        #expect(answer.memories.count == min(memories, 5), "\(query)")
      }
    }
  }

  private func memory(_ content: String) throws -> ContextDraft {
    var context = Context()
    context.type = .memory
    context.title = "title"
    context.content = content
    var violations = Violations()
    let draft = ContextDraft(validating: context, at: "context", &violations)
    try #require(violations.isEmpty)
    return draft
  }
}
