import CairnAPI
import Requests
import Wire

/// Which relationships: the conditions of a RelationshipFilter, validated.
struct RelationshipConditions: Equatable {
  var kinds: [RelationshipKind] = []
  var names: [String] = []
  /// Microseconds since 1970; nil: now.
  var validAt: Int64?
  var minWeight: Double?

  init() {}

  init(validating filter: RelationshipFilter?, at path: String, _ violations: inout Violations) {
    guard let filter else { return }
    kinds = filter.kinds
    names = filter.names
    violations.entries(kinds, at: "\(path).kinds", atMost: Limits.filterTypes) {
      $0.relationshipKind($2, at: $1)
    }
    violations.identifiers(names, at: "\(path).names", atMost: Limits.tagCount)
    // A moment between two microseconds belongs to the one that has begun.
    validAt = violations.time(filter.validAt, at: "\(path).valid_at")
    minWeight = filter.minWeight
    if let minWeight, minWeight.isNaN { violations.add("must be a number", at: "\(path).min_weight") }
  }
}

/// Which ways a walk may take from a context.
enum WalkDirection {
  case out, `in`, both

  init(validating direction: RelationshipDirection, at field: String, _ violations: inout Violations) {
    switch direction {
    case .unspecified, .out: self = .out
    case .in: self = .in
    case .both: self = .both
    case .unrecognized(let number):
      violations.add("has an unknown value, \(number)", at: field)
      self = .out
    }
  }

  var reversed: WalkDirection {
    switch self {
    case .out: .in
    case .in: .out
    case .both: .both
    }
  }
}
