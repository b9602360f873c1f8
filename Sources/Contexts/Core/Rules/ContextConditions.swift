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
    violations.types(types, at: "\(path).types")
    violations.statuses(statuses, at: "\(path).statuses")
    violations.tags(tags, at: "\(path).tags")
    violations.optionalIdentifier(owner, at: "\(path).owner")
    violations.optionalIdentifier(session, at: "\(path).session")
    created.from = violations.time(filter.createdFrom, at: "\(path).created_from")
    created.before = violations.time(filter.createdBefore, at: "\(path).created_before")
    updated.from = violations.time(filter.updatedFrom, at: "\(path).updated_from")
    updated.before = violations.time(filter.updatedBefore, at: "\(path).updated_before")
  }
}

extension Violations {
  fileprivate mutating func types(_ types: [ContextType], at field: String) {
    entries(types, at: field, atMost: Limits.filterTypes) { violations, path, value in
      violations.type(value, at: path)
      if value == .unspecified { violations.add("must be specified", at: path) }
    }
  }

  fileprivate mutating func statuses(_ statuses: [ContextStatus], at field: String) {
    entries(statuses, at: field, atMost: Limits.filterStatuses) { violations, path, value in
      violations.status(value, at: path)
      if value == .unspecified { violations.add("must be specified", at: path) }
    }
  }
}
