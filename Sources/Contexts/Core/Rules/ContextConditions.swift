import CairnAPI
import Requests

/// Which contexts a list holds: the conditions of a ContextFilter, validated.
struct ContextConditions: Equatable {
  var types: [ContextType] = []
  var statuses: [ContextStatus] = []
  var tags: [String] = []
  var owner = ""
  var session = ""
  var created = TimeRange()
  var updated = TimeRange()
  var showDeleted = false

  /// Microseconds since 1970, `from` included and `before` excluded; nil where there is no bound.
  struct TimeRange: Equatable {
    var from: Int64?
    var before: Int64?
  }

  init() {}

  init(validating filter: ContextFilter, showDeleted: Bool, at path: String, _ violations: inout Violations) {
    types = filter.types
    statuses = filter.statuses
    tags = filter.tags
    owner = filter.owner
    session = filter.session
    self.showDeleted = showDeleted
    violations.types("\(path).types", types)
    violations.statuses("\(path).statuses", statuses)
    violations.tags("\(path).tags", tags)
    violations.optionalIdentifier("\(path).owner", owner)
    violations.optionalIdentifier("\(path).session", session)
    created.from = violations.time("\(path).created_from", filter.createdFrom)
    created.before = violations.time("\(path).created_before", filter.createdBefore)
    updated.from = violations.time("\(path).updated_from", filter.updatedFrom)
    updated.before = violations.time("\(path).updated_before", filter.updatedBefore)
  }
}

extension Violations {
  fileprivate mutating func types(_ field: String, _ types: [ContextType]) {
    entries(field, types, atMost: Limits.filterTypes) { violations, path, value in
      violations.type(path, value)
      if value == .unspecified { violations.add(path, "must be specified") }
    }
  }

  fileprivate mutating func statuses(_ field: String, _ statuses: [ContextStatus]) {
    entries(field, statuses, atMost: Limits.filterStatuses) { violations, path, value in
      violations.status(path, value)
      if value == .unspecified { violations.add(path, "must be specified") }
    }
  }
}
