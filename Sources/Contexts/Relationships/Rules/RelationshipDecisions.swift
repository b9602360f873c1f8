import CairnAPI
import GRPC
import Requests
import Wire

/// What is known of the contexts that relationships are to lead from and to.
struct ContextStates {
  /// By id: whether it is deleted.
  var isDeleted: [TextKey: Bool] = [:]

  /// As a write leaves them that makes these of some.
  mutating func change(to others: ContextStates) {
    isDeleted.merge(others.isDeleted) { _, later in later }
  }

  /// Why nothing can be said of the context; nil when it is there.
  func refusal(of id: String) -> RPCError? {
    switch isDeleted[id] {
    case nil: .contextNotFound(id)
    case true?: .contextDeleted(id)
    case false?: nil
    }
  }
}

/// A relationship that is to be stored, and the open one that it changes.
struct ResolvedRelationship {
  let draft: RelationshipDraft
  let before: StoredRelationship?

  /// The relationship as the write will leave it, without metadata and without what only the write gives.
  var outcome: Relationship {
    var outcome = before?.message ?? Relationship(draft.key)
    outcome.weight = draft.weight ?? outcome.weight ?? 1
    if let validFrom = draft.validFrom { outcome.validFrom = WellKnown.Timestamp(microseconds: validFrom) }
    outcome.validTo = draft.validTo.map { WellKnown.Timestamp(microseconds: $0) }
    outcome.version = (before?.version ?? 0) + 1
    outcome.forgetWrite()
    return outcome
  }
}

extension RelationshipDraft {
  /// Decides with what is stored under the key: what holds at some time after `validFrom`, or now.
  func resolved(over stored: [StoredRelationship], between contexts: ContextStates) -> Result<
    ResolvedRelationship, RPCError
  > {
    if let refusal = contexts.refusal(of: key.source) ?? contexts.refusal(of: key.target) {
      return .failure(refusal)
    }
    let open = stored.first { $0.isOpen }
    if let refusal = refusal(ofOpen: open) { return .failure(refusal) }
    let changed = validTo == nil ? open : nil
    let from = validFrom ?? changed?.validFrom ?? stored.map(\.validFrom).min() ?? 0
    let to = validTo ?? StoredRelationship.open
    let others = stored.filter { $0.validTo != changed?.validTo }
    if others.contains(where: { $0.overlaps(from: from, to: to) }) {
      return .failure(.relationshipOverlaps(key))
    }
    return .success(ResolvedRelationship(draft: self, before: changed))
  }

  private func refusal(ofOpen open: StoredRelationship?) -> RPCError? {
    if etag.isEmpty { return nil }
    if let open { return open.refusal(ofEtag: etag) }
    return etag == Self.none
      ? nil : .etagMismatch(.relationship(key), given: etag, current: Self.none)
  }
}

/// A relationship that is to end.
struct ResolvedEnding {
  let ending: RelationshipEnding
  let before: StoredRelationship

  /// The relationship as the write will leave it, without metadata and without what only the write gives.
  var outcome: Relationship {
    var outcome = before.message
    if !ending.removes { outcome.validTo = ending.validTo.map { WellKnown.Timestamp(microseconds: $0) } }
    outcome.version += 1
    outcome.forgetWrite()
    return outcome
  }
}

extension RelationshipEnding {
  /// Decides with what is stored under the key: what has not ended at `validTo`, or now, that which holds
  /// then first.
  func resolved(_ stored: [StoredRelationship]) -> Result<ResolvedEnding, RPCError> {
    guard let last = stored.first else { return .failure(.relationshipNotFound(key)) }
    let found = (removes ? stored.first { $0.isOpen } : stored.first { $0.hasBegun }) ?? last
    if let refusal = found.refusal(ofEtag: etag) { return .failure(refusal) }
    if !removes, !found.hasBegun {
      var violations = Violations()
      violations.add(
        "must be after the beginning of the relationship; set remove to take it away", at: "valid_to")
      if let error = violations.error() { return .failure(error) }
    }
    return .success(ResolvedEnding(ending: self, before: found))
  }
}

extension Relationship {
  init(_ key: RelationshipKey) {
    self.init()
    source = key.source
    target = key.target
    kind = key.kind
    name = key.name
  }

  /// Leaves out what the next write gives.
  fileprivate mutating func forgetWrite() {
    updateTime = nil
    position = 0
    etag = ""
  }
}
