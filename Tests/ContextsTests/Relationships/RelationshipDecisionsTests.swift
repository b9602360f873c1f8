import CairnAPI
import Journal
import Requests
import Testing
import Wire

@testable import Contexts
@testable import GRPC

@Suite struct RelationshipDecisionsTests {
  private let key = RelationshipKey(source: "a", kind: .follows, name: "", target: "b")
  private let contexts = ContextStates(isDeleted: ["a": false, "b": false, "gone": true])

  private func draft(
    from: String = "a", to: String = "b", validFrom: Int64? = nil, validTo: Int64? = nil, etag: String = "",
    weight: Double? = nil
  ) -> RelationshipDraft {
    var relationship = Relationship()
    relationship.source = from
    relationship.target = to
    relationship.kind = .follows
    relationship.weight = weight
    relationship.validFrom = validFrom.map { WellKnown.Timestamp(microseconds: $0) }
    relationship.validTo = validTo.map { WellKnown.Timestamp(microseconds: $0) }
    relationship.etag = etag
    var violations = Violations()
    defer { #expect(violations.isEmpty) }
    return RelationshipDraft(validating: relationship, &violations)
  }

  private func stored(
    _ from: Int64, _ to: Int64 = StoredRelationship.open, position: Int64 = 7, begun: Bool = true
  ) -> StoredRelationship {
    var message = Relationship(key)
    message.weight = 0.5
    message.version = 3
    return StoredRelationship(
      key: key, validFrom: from, validTo: to, version: 3, position: position, message: message,
      hasBegun: begun)
  }

  @Test("both contexts must be there", arguments: [("x", "b"), ("a", "x"), ("gone", "b"), ("a", "gone")])
  func contexts(_ from: String, _ to: String) {
    let reason = draft(from: from, to: to).resolved(over: [], between: contexts).error?.reason
    #expect(reason == (from == "gone" || to == "gone" ? .contextDeleted : .contextNotFound))
  }

  @Test("an open relationship is changed, and keeps what is not given")
  func change() throws {
    let changed = try draft().resolved(over: [stored(100)], between: contexts).get().outcome
    #expect(changed.version == 4 && changed.weight == 0.5)
    let new = try draft(weight: 2).resolved(over: [], between: contexts).get()
    #expect(new.before == nil && new.outcome.version == 1 && new.outcome.weight == 2)
    #expect(try draft().resolved(over: [], between: contexts).get().outcome.weight == 1)
  }

  @Test(
    "times of validity never overlap",
    arguments: [
      (nil, nil, [(50, 200)], ErrorReason.relationshipOverlaps),
      (100, nil, [(50, 100)], nil),
      (99, nil, [(50, 100)], .relationshipOverlaps),
      (10, 50, [(50, 100)], nil),
      (10, 51, [(50, 100)], .relationshipOverlaps),
      (10, 20, [(15, .max)], .relationshipOverlaps),
      (10, 15, [(15, .max)], nil),
      (10, nil, [(15, .max)], nil),
      (10, nil, [(5, 11), (15, .max)], .relationshipOverlaps),
    ] as [(Int64?, Int64?, [(Int64, Int64)], ErrorReason?)])
  func overlaps(_ from: Int64?, _ to: Int64?, _ others: [(Int64, Int64)], _ reason: ErrorReason?) {
    let result = draft(validFrom: from, validTo: to).resolved(
      over: others.map { stored($0.0, $0.1) }, between: contexts)
    #expect(result.error?.reason == reason)
  }

  @Test(
    "an etag names the open one, or that there is none",
    arguments: [
      ("", true, true), ("7", true, true), ("6", true, false), ("0", true, false), ("0", false, true),
      ("7", false, false), ("", false, true),
    ])
  func etags(_ etag: String, _ isThere: Bool, _ isFine: Bool) {
    let result = draft(etag: etag).resolved(over: isThere ? [stored(1)] : [], between: contexts)
    #expect(result.error?.reason == (isFine ? nil : .etagMismatch))
  }

  @Test("what is to end must be there, and must have begun unless it is removed")
  func endings() throws {
    func ending(remove: Bool = false, etag: String = "") -> RelationshipEnding {
      var end = RelationshipEnd()
      end.source = "a"
      end.target = "b"
      end.kind = .follows
      end.remove = remove
      end.etag = etag
      var violations = Violations()
      return RelationshipEnding(validating: end, &violations)
    }
    #expect(ending().resolved([]).error?.reason == .relationshipNotFound)
    #expect(ending().resolved([stored(9, begun: false)]).error?.reason == .fieldInvalid)
    #expect(try ending(remove: true).resolved([stored(9, begun: false)]).get().before.validFrom == 9)
    #expect(ending(etag: "6").resolved([stored(1)]).error?.reason == .etagMismatch)
    let both = [stored(1, 50), stored(60, begun: false)]
    #expect(try ending().resolved(both).get().before.validTo == 50)
    #expect(try ending(remove: true).resolved(both).get().before.isOpen)
  }

  @Test("the journal names a relationship by its key")
  func names() {
    #expect(key.text == "a\tFOLLOWS\t\tb")
    let custom = RelationshipKey(source: "a", kind: .custom, name: "cites", target: "a")
    #expect(custom.text == "a\tCUSTOM\tcites\ta" && custom.sentence == "`a` cites `a`")
  }
}
