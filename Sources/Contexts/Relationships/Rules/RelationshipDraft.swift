import CairnAPI
import Requests
import Wire

/// A relationship that may be stored: validated as far as that is possible without what is stored.
struct RelationshipDraft {
  let key: RelationshipKey
  /// Nil: that of the open one, or 1.
  let weight: Double?
  /// As JSON text. Nil: those of the open one, or none.
  let metadata: String?
  /// Microseconds since 1970. Nil: that of the open one, or now.
  let validFrom: Int64?
  /// Nil: it has no end.
  let validTo: Int64?
  /// The state that the open one must have: empty: any; ``none``: there must be none.
  let etag: String

  /// The etag of what is not there.
  static let none = "0"

  init(validating relationship: Relationship, _ violations: inout Violations) {
    key = RelationshipKey(
      validating: relationship.kind, relationship.name, source: relationship.source,
      target: relationship.target,
      &violations)
    weight = relationship.weight
    if weight?.isFinite == false { violations.add("must be a finite number", at: "weight") }
    let metadata = violations.metadata(relationship.metadata, at: "metadata")
    if let metadata, metadata.utf8.count > Limits.relationshipMetadataBytes {
      violations.add(
        "must have at most \(Limits.relationshipMetadataBytes) bytes as JSON text", at: "metadata")
    }
    self.metadata = metadata
    validFrom = violations.time(relationship.validFrom, at: "valid_from")
    validTo = violations.time(relationship.validTo, at: "valid_to")
    etag = relationship.etag
    guard relationship.validTo != nil else { return }
    if relationship.validFrom == nil {
      violations.add("must be set together with valid_to", at: "valid_from")
    }
    if let validFrom, let validTo, validTo <= validFrom {
      violations.add("must be after valid_from", at: "valid_to")
    }
  }
}

/// The end of a relationship that may be tried.
struct RelationshipEnding {
  let key: RelationshipKey
  /// Microseconds since 1970; nil: now.
  let validTo: Int64?
  /// Whether it is taken away as if it had never been.
  let removes: Bool
  /// The state that it must have; empty: any.
  let etag: String

  init(validating end: RelationshipEnd, _ violations: inout Violations) {
    key = RelationshipKey(validating: end.kind, end.name, source: end.source, target: end.target, &violations)
    validTo = violations.time(end.validTo, at: "valid_to")
    removes = end.remove
    etag = end.etag
    if removes, end.validTo != nil { violations.add("must be absent where remove is set", at: "valid_to") }
  }
}
