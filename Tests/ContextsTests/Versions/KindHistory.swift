import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import TestSupport
import Testing
import Wire

@testable import Contexts

/// A random history of contexts, relationships and templates, and what their tables had after each write. Confined to one
/// loop.
final class KindHistory: @unchecked Sendable {
  let test: TestStore
  let kinds: [VersionedKind]
  private(set) var moments: [(moment: Moment, snapshots: [KindSnapshot])] = []
  var random: SeededGenerator

  init(_ test: TestStore, seed: UInt64) async throws {
    self.test = test
    kinds = test.stores.kinds
    random = SeededGenerator(seed: seed)
    try await note()
  }

  /// Notes what there is after a write.
  func note() async throws {
    var snapshots: [KindSnapshot] = []
    for kind in kinds { snapshots.append(try await KindSnapshot(of: kind, test.pool)) }
    let row = try await test.pool.query(
      Statement.composed("SELECT coalesce(pg_sequence_last_value('journal_position'), 0), clock_timestamp()")
    ).only()
    let moment = Moment(position: try row.decode(0), time: try row.decode(1))
    if moments.last?.moment.position != moment.position { moments.append((moment, snapshots)) }
  }

  /// Attempts at writes; those that are refused are part of the game.
  func grow(by count: Int) async throws {
    for _ in 0..<count {
      do throws(RPCError) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5: try await writeContext()
        case 5..<8: try await writeRelationship()
        default: try await writeTemplate()
        }
      } catch {
        guard error.code != .internal, error.code != .unknown else { throw error }
      }
      try await note()
    }
  }

  private func pick<T>(_ values: [T]) -> T { values.randomElement(using: &random)! }
  private var contextID: String { "c\(Int.random(in: 0..<5, using: &random))" }
  private var text: String {
    String(repeating: pick(["a", "b", "\u{e9}"]), count: pick([1, 20, 3_000, 20_000]))
  }

  private func writeContext() async throws(RPCError) {
    let (id, store, scope) = (contextID, test.store, test.scope)
    var violations = Violations()
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1:
      var context = Context()
      context.id = id
      context.title = pick(["one", "two"])
      context.content = text
      context.tags = pick([[], ["x"], ["y", "x"]])
      _ = try await store.create(ContextDraft(validating: context, at: "context", &violations), in: scope)
    case 2: _ = try await store.delete(Batch(target(id)), detail: .basic, in: scope).outcomes[0].get()
    case 3: _ = try await store.undelete(Batch(target(id)), detail: .basic, in: scope).outcomes[0].get()
    case 4:
      var request = RestoreContextVersionRequest()
      request.id = id
      request.version = Int64.random(in: 1...4, using: &random)
      _ = try await test.stores.versions.restore(
        VersionRestoration(validating: request, &violations), in: scope)
    default:
      var request = UpdateContextRequest()
      request.context = Context()
      request.context?.id = id
      if Bool.random(using: &random) { request.context?.title = pick(["one", "two", "three"]) }
      if Bool.random(using: &random) { request.context?.content = text }
      if Bool.random(using: &random) { request.context?.status = pick([.draft, .active]) }
      if Bool.random(using: &random) { request.context?.owner = pick(["o", "p"]) }
      if Bool.random(using: &random) {
        request.context?.expireTime = WellKnown.Timestamp(seconds: 4_000_000_000)
      }
      _ = try await store.update(
        Batch(ContextUpdate(validating: request, &violations)), detail: .basic, in: scope
      ).outcomes[0].get()
    }
  }

  private func target(_ id: String) -> ContextTarget {
    var violations = Violations()
    return ContextTarget(validating: id, etag: "", &violations)
  }

  private func writeRelationship() async throws(RPCError) {
    let key = RelationshipKey(
      source: pick(["c0", "c1"]), kind: pick([.follows, .influences, .custom]), name: "", target: "c2")
    let name = key.kind == .custom ? "likes" : ""
    if Int.random(in: 0..<3, using: &random) == 0 {
      var end = RelationshipEnd()
      (end.source, end.kind, end.name, end.target) = (key.source, key.kind, name, key.target)
      end.remove = Bool.random(using: &random)
      let batch = try Batch(
        validating: [end], at: "relationships", of: "relationship", atomic: true, requestID: "",
        key: { $0.key.text }
      ) { RelationshipEnding(validating: $0, &$1) }
      _ = try await test.stores.relationships.unrelate(batch, in: test.scope)
      return
    }
    var relationship = Relationship()
    (relationship.source, relationship.kind, relationship.target) = (key.source, key.kind, key.target)
    relationship.name = name
    relationship.weight = Double(Int.random(in: 0..<3, using: &random))
    let batch = try Batch(
      validating: [relationship], at: "relationships", of: "relationship", atomic: true, requestID: "",
      key: { $0.key.text }
    ) { RelationshipDraft(validating: $0, &$1) }
    _ = try await test.stores.relationships.relate(batch, in: test.scope)
  }

  private func writeTemplate() async throws(RPCError) {
    let id = pick(["t0", "t1", "t2"])
    if Int.random(in: 0..<4, using: &random) == 0 {
      _ = try await test.stores.templates.delete(id, etag: "", allowsMissing: false, in: test.scope)
      return
    }
    var template = Template()
    template.id = id
    template.title = pick(["one", "two", "three"])
    template.content = "text"
    if Bool.random(using: &random) {
      var violations = Violations()
      _ = try await test.stores.templates.create(
        TemplateDraft(validating: template, at: "template", &violations), in: test.scope)
      return
    }
    var request = UpdateTemplateRequest()
    request.definition = template
    _ = try await test.stores.templates.update(
      PreparedTemplateUpdate(update: TemplateUpdate(validating: request), checked: nil), in: test.scope)
  }
}
