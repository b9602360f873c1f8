import CairnAPI
import GRPC
import TestSupport
import Testing
import Wire

@testable import Contexts

@Suite struct RecallTests {
  typealias Case = (change: @Sendable (inout RecallRequest) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.query = String(repeating: "w ", count: 2_048) }, []),
    ({ $0.query = String(repeating: "w", count: 4_097) }, ["query"]),
    ({ $0.query = String(repeating: "\"a b\" ", count: 65) }, ["query"]),
    (
      {
        $0.filter = ContextFilter()
        $0.filter?.types = [.memory]
      }, ["filter.types"]
    ),
    ({ $0.kinds = [.fact, .unspecified] }, ["kinds[1]"]),
    ({ $0.kinds = Array(repeating: .fact, count: 33) }, ["kinds"]),
    ({ $0.minImportance = .unrecognized(9) }, ["min_importance"]),
    ({ $0.minConfidence = 1.01 }, ["min_confidence"]),
    ({ $0.minConfidence = .nan }, ["min_confidence"]),
    ({ $0.sources = Array(repeating: .llm, count: 9) }, ["sources"]),
    ({ $0.halfLife = WellKnown.Duration(seconds: 0, nanos: 999_999_999) }, ["half_life"]),
    ({ $0.halfLife = WellKnown.Duration(seconds: 3_155_760_001, nanos: 0) }, ["half_life"]),
    ({ $0.limit = -1 }, ["limit"]),
    ({ $0.view = .unrecognized(9) }, ["view"]),
  ]

  @Test("everything wrong with a recall is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var request = RecallRequest()
    Self.cases[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try Recall(validating: request) }
    #expect(wrong == Self.cases[index].wrong)
  }

  @Test("where nothing is said ten memories are recalled, which count half after thirty days")
  func defaults() throws {
    let recall = try Recall(validating: RecallRequest())
    #expect(recall.query == nil && recall.limit == 10 && recall.halfLife == 30 * 86_400)
    #expect(recall.conditions.types == [.memory])
    var request = RecallRequest()
    request.limit = 5_000
    #expect(try Recall(validating: request).limit == 100)
  }

  @Test("single words, phrases with prefixes, and what is left out are looked for in ways of their own")
  func terms() throws {
    var request = RecallRequest()
    request.query = "the bridge \"opens at\" foot* -closed"
    let terms = RecallTerms(try #require(try Recall(validating: request).query))
    #expect(terms.words == "the bridge")
    #expect(terms.phrases.count == 2 && !terms.excluded.isEmpty)
    #expect(terms.excluded.contains("closed") && !terms.words.contains("closed"))
  }
}
