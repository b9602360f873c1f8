import CairnAPI
import GRPC
import Journal
import Requests
import Testing

@testable import Contexts

@Suite struct RelationshipStoreTests {
  private func relations(_ pairs: [(String, String)], _ kind: RelationshipKind) throws
    -> Batch<RelationshipDraft>
  {
    let relationships = pairs.map { source, target in
      Relationship(RelationshipKey(source: source, kind: kind, name: "", target: target))
    }
    return try Batch(
      validating: relationships, at: "relationships", of: "relationship", atomic: true, requestID: "",
      key: { $0.key.text }
    ) { RelationshipDraft(validating: $0, &$1) }
  }

  private func create(_ ids: [String], _ test: TestStore) async throws {
    for id in ids {
      var context = Context()
      context.id = id
      context.title = id
      var violations = Violations()
      let draft = ContextDraft(validating: context, at: "context", &violations)
      _ = try await test.store.create(draft, in: test.scope)
    }
  }

  @Test("writes take two round trips, however many relationships they have; walks one a step")
  func roundTrips() async throws {
    try await withStore { test in
      let ids = (0..<5).map { "c\($0)" }
      try await create(ids, test)
      let chain = Array(zip(ids, ids.dropFirst()))
      for kind in [RelationshipKind.contains, .follows] {
        let batch = try relations(chain, kind)
        #expect(
          try await test.roundTrips { _ = try await test.stores.relationships.relate(batch, in: test.scope) }
            == 2
        )
      }
      var request = TraverseRequest()
      request.start = ["c0"]
      request.maxDepth = 3
      let walk = try GraphWalk(validating: request)
      let trips = try await test.roundTrips {
        let result = try await test.stores.relationships.walk(walk, at: nil, in: .default)
        #expect(result.walk.reached == 3 && !result.isTruncated)
      }
      // Three steps and the end of the snapshot.
      #expect(trips == 4)
    }
  }
}
