import CairnAPI
import GRPC
import Postgres
import Requests
import Testing
import Wire

@testable import Contexts
@testable import Journal

/// Contexts, relationships and templates as kinds with versions: random histories through the stores, against what the
/// tables had after each write.
@Suite struct VersionedKindsTests {
  private func withHistory(
    seed: UInt64, writes: Int, _ body: @escaping @Sendable (KindHistory) async throws -> Void
  ) async throws {
    try await withStore { test in
      let history = try await KindHistory(test, seed: seed)
      try await history.grow(by: writes)
      try await body(history)
    }
  }

  private static func writeBack(
    _ history: KindHistory, to moment: Moment, ids: [Set<String>]
  ) -> WritePart<(([WriteBackStep], [WriteBackStep]), [WriteBackStep])> {
    func part(_ index: Int) -> WritePart<[WriteBackStep]> {
      history.kinds[index].writeBack(ids[index].sorted(), to: moment, in: .default)
    }
    return part(0).and(part(1)).and(part(2))
  }

  @Test(
    "all kinds together come back to any moment, in one write of two round trips",
    arguments: [1, 2, 3] as [UInt64])
  func writtenBack(seed: UInt64) async throws {
    try await withHistory(seed: seed, writes: 60) { history in
      for _ in 0..<12 {
        let (moment, then) = history.moments.randomElement(using: &history.random)!
        let before = history.moments.last!.snapshots
        let part = Self.writeBack(history, to: moment, ids: zip(before, then).map { $0.ids.union($1.ids) })
        var written: PlannedWrite<(([WriteBackStep], [WriteBackStep]), [WriteBackStep])>?
        let trips = try await history.test.roundTrips {
          if case .written(let result) = try await history.test.journal.write(part, in: history.test.scope) {
            written = result
          }
        }
        #expect(trips <= 2)
        let ((contexts, relationships), templates) = try #require(written).value
        try await history.note()
        for ((kind, steps), (then, now)) in zip(
          zip(history.kinds, [contexts, relationships, templates]), zip(then, history.moments.last!.snapshots)
        ) {
          await kind.finish(steps, in: .default)
          #expect(now.live == then.live, "\(kind.name)")
          #expect(!steps.contains { $0.outcome == .gone || $0.outcome == .kept })
          // What was deleted then has the values again that it had then.
          for (id, rows) in then.rows where rows.values.contains(where: \.isDeleted) {
            #expect(now.rows[id] == rows, "\(kind.name) \(id)")
          }
        }
        let unfinished = try await history.test.pool.query(
          Statement.composed("SELECT count(*) FROM context_text WHERE NOT is_whole")
        ).only().decode(0, as: Int64.self)
        #expect(unfinished == 0)
        // Once more changes nothing.
        let again = Self.writeBack(history, to: moment, ids: zip(before, then).map { $0.ids.union($1.ids) })
        if case .written(let result) = try await history.test.journal.write(again, in: history.test.scope) {
          #expect(result.stamp == nil)
        }
        try await history.grow(by: 6)
      }
    }
  }

  @Test(
    "two moments differ in what was changed between them, by kind and column", arguments: [1, 2] as [UInt64])
  func differences(seed: UInt64) async throws {
    try await withHistory(seed: seed, writes: 70) { history in
      for round in 0..<25 {
        let ends = [0, 1].map { _ in history.moments.randomElement(using: &history.random)! }
          .sorted { $0.moment.position < $1.moment.position }
        var found: [String: [Difference]] = [:]
        var cursor: DifferenceCursor?
        repeat {
          let page = try await history.test.journal.differences(
            of: history.kinds, from: ends[0].moment, to: ends[1].moment, in: .default, after: cursor,
            limit: round % 2 == 0 ? 4 : 500)
          for difference in page.differences {
            found["\(difference.kind) \(difference.id)", default: []].append(difference)
          }
          cursor = page.next
        } while cursor?.position != nil
        for (place, kind) in history.kinds.enumerated() {
          let (old, new) = (ends[0].snapshots[place], ends[1].snapshots[place])
          for id in old.ids.union(new.ids) {
            Self.check(found["\(kind.name) \(id)"] ?? [], kind, old.rows[id] ?? [:], new.rows[id] ?? [:])
          }
        }
      }
    }
  }

  /// What was found of one resource is what its rows say.
  private static func check(
    _ found: [Difference], _ kind: VersionedKind, _ old: [String: KindSnapshot.Row],
    _ new: [String: KindSnapshot.Row]
  ) {
    let different = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
    // Equal rows may have been changed and changed back.
    #expect(found.count >= different.count)
    guard kind.part.isEmpty, let difference = found.first else { return }
    #expect(found.count == 1)
    #expect(
      (difference.earlier?.isDeleted, difference.later?.isDeleted) == (old[""]?.isDeleted, new[""]?.isDeleted)
    )
    guard let before = old[""]?.values, let after = new[""]?.values else { return }
    #expect(Set(difference.columns) == Set(before.keys.filter { before[$0] != after[$0] }))
  }

  @Test("what was purged does not come back, nor what belonged to it")
  func purged() async throws {
    var configuration = ContextConfiguration()
    configuration.retention = .zero
    try await withStore(configuration) { test in
      let history = try await KindHistory(test, seed: 1)
      for id in ["a", "b"] {
        var context = Context()
        (context.id, context.title) = (id, id)
        var violations = Violations()
        _ = try await test.store.create(
          ContextDraft(validating: context, at: "context", &violations), in: test.scope)
      }
      let key = RelationshipKey(source: "a", kind: .follows, name: "", target: "b")
      let batch = try Batch(
        validating: [Relationship(key)], at: "relationships", of: "relationship", atomic: true, requestID: "",
        key: { $0.key.text }
      ) { RelationshipDraft(validating: $0, &$1) }
      _ = try await test.stores.relationships.relate(batch, in: test.scope)
      try await history.note()
      let moment = history.moments.last!.moment
      var violations = Violations()
      _ = try await test.store.delete(
        Batch(ContextTarget(validating: "b", etag: "", &violations)), detail: .basic, in: test.scope)
      let due = test.stores.kinds[0].writeBack(["b"], to: moment, in: .default)
      if case .written(let write) = try await test.journal.write(due, in: test.scope) {
        #expect(write.value.map(\.outcome) == [.gone])
      }
      #expect(try await test.stores.lifetime.purge(["b"], in: .default, while: { true }) == 1)
      let part = Self.writeBack(history, to: moment, ids: [["a", "b"], [key.text], []])
      if case .written(let write) = try await test.journal.write(part, in: test.scope) {
        #expect(write.value.0.0.map(\.outcome) == [.unchanged, .absent])
        #expect(write.value.0.1.map(\.outcome) == [.absent])
      }
      // Of a successor under the same id only what is left is told, and that once.
      var context = Context()
      (context.id, context.title) = ("b", "again")
      violations = Violations()
      _ = try await test.store.create(
        ContextDraft(validating: context, at: "context", &violations), in: test.scope)
      try await history.note()
      let page = try await test.journal.differences(
        of: history.kinds, from: history.moments[0].moment, to: history.moments.last!.moment, in: .default)
      #expect(page.differences.map(\.id).sorted() == ["a", "b"])
      #expect(page.differences.allSatisfy { $0.earlier == nil && $0.later?.version == 1 })
    }
  }

  @Test("containments do not come back where they would close a loop, unless what is in the way goes")
  func loops() async throws {
    try await withStore { test in
      for id in ["a", "b", "c"] {
        var context = Context()
        (context.id, context.title) = (id, id)
        var violations = Violations()
        _ = try await test.store.create(
          ContextDraft(validating: context, at: "context", &violations), in: test.scope)
      }
      func contains(_ source: String, _ target: String) -> RelationshipKey {
        RelationshipKey(source: source, kind: .contains, name: "", target: target)
      }
      func relate(_ key: RelationshipKey) async throws {
        let batch = try Batch(
          validating: [Relationship(key)], at: "relationships", of: "relationship", atomic: true,
          requestID: "",
          key: { $0.key.text }
        ) { RelationshipDraft(validating: $0, &$1) }
        _ = try await test.stores.relationships.relate(batch, in: test.scope)
      }
      let (first, second, back) = (contains("a", "b"), contains("b", "c"), contains("c", "a"))
      try await relate(first)
      try await relate(second)
      let history = try await KindHistory(test, seed: 1)
      let moment = history.moments[0].moment
      var end = RelationshipEnd()
      (end.source, end.kind, end.target, end.remove) = ("a", .contains, "b", true)
      let removal = try Batch(
        validating: [end], at: "relationships", of: "relationship", atomic: true, requestID: "",
        key: { $0.key.text }
      ) { RelationshipEnding(validating: $0, &$1) }
      _ = try await test.stores.relationships.unrelate(removal, in: test.scope)
      try await relate(back)
      func outcomes(_ keys: [RelationshipKey]) async throws -> [WriteBackStep.Outcome] {
        let part = history.kinds[1].writeBack(keys.map(\.text), to: moment, in: .default)
        guard case .written(let write) = try await test.journal.write(part, in: test.scope) else { return [] }
        return write.value.map(\.outcome)
      }
      let alone = try await outcomes([first, second])
      #expect(alone == [.contradicting, .unchanged])
      let all = try await outcomes([first, second, back])
      #expect(all == [.returned, .unchanged, .removed])
      try await history.note()
      #expect(history.moments.last!.snapshots[1] == history.moments[0].snapshots[1])
    }
  }

  @Test("names of relationships are read as they are written")
  func names() {
    for kind in [RelationshipKind.follows, .contains, .custom] {
      let key = RelationshipKey(source: "a", kind: kind, name: kind == .custom ? "n" : "", target: "b c")
      #expect(RelationshipKey(text: key.text) == key)
    }
    for text in ["", "a", "a\tFOLLOWS\t\tb\tc", "a\tNOTHING\t\tb", "a\tUNSPECIFIED\t\tb", "a\t0\t\tb"] {
      #expect(RelationshipKey(text: text) == nil)
    }
  }

  @Test("the descriptions name every column of the tables")
  func columns() async throws {
    try await withStore { test in
      for kind in test.stores.kinds {
        func columns(_ table: String) async throws -> Set<String> {
          let rows = try await test.pool.query(
            Statement.composed(
              """
              SELECT attname::text FROM pg_attribute
              WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
              """), [table])
          return Set(try rows.map { row throws(PostgresError) in try row.decode(0, as: String.self) })
        }
        let key = Set((kind.key + kind.part).map(\.name)).union(["project_id", "version", "position"])
        let current = try await columns(kind.tables.current)
        #expect(current == key.union(kind.columns.map(\.name)))
        // Words are kept beside the versions, by the trigger.
        let history = try await columns(kind.tables.history).subtracting(["words", "words_from"])
        #expect(history == key.union(["from_position"]).union(kind.columns.filter(\.isInHistory).map(\.name)))
      }
    }
  }
}
