import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// A recall that may be made.
struct Recall {
  /// Nil: everything that meets the conditions.
  let query: SearchQuery?
  /// Whether all of the query must be met, and not any of its terms.
  let matchesAll: Bool
  /// With the type.
  let conditions: ContextConditions
  let memory: MemoryConditions
  /// In seconds.
  let halfLife: Double
  let asOf: WantedMoment?
  let limit: Int
  let detail: ContextDetail

  init(validating request: RecallRequest) throws(RPCError) {
    var violations = Violations()
    matchesAll = request.matchAll
    query =
      matchesAll
      ? violations.searchQuery(request.query, at: "query")
      : violations.recallQuery(request.query, at: "query")
    var conditions = ContextConditions(
      validating: request.filter ?? ContextFilter(), showDeleted: false, at: "filter", &violations)
    if !conditions.types.isEmpty {
      violations.add("must be empty: memories are recalled only", at: "filter.types")
    }
    conditions.types = [.memory]
    self.conditions = conditions
    memory = MemoryConditions(validating: request, &violations)
    halfLife = violations.halfLife(request.halfLife, at: "half_life")
    asOf = violations.asOf(request.asOf, at: "as_of")
    limit = violations.limit(request.limit, at: "limit", orElse: 10, atMost: Limits.recalled)
    violations.view(request.view, at: "view")
    detail = request.view.detail
    try violations.check()
  }
}

/// Which memories.
struct MemoryConditions {
  let kinds: [Int32]
  /// 0: any.
  let minImportance: Int32
  let minConfidence: Double
  let sources: [Int32]
  /// Microseconds since 1970; nil: now.
  let validAt: Int64?

  init(validating request: RecallRequest, _ violations: inout Violations) {
    violations.entries(request.kinds, at: "kinds", atMost: Limits.filterTypes) { violations, path, kind in
      violations.memoryKind(kind, at: path)
      if kind == .unspecified { violations.add("must be specified", at: path) }
    }
    violations.memoryImportance(request.minImportance, at: "min_importance")
    if !(0...1).contains(request.minConfidence) {
      violations.add("must be from 0 to 1, not \(request.minConfidence)", at: "min_confidence")
    }
    violations.entries(request.sources, at: "sources", atMost: Limits.filterStatuses) {
      $0.memorySource($2, at: $1)
    }
    kinds = request.kinds.map(\.rawValue)
    minImportance = request.minImportance.rawValue
    minConfidence = request.minConfidence
    sources = request.sources.map(\.rawValue)
    validAt = violations.time(request.validAt, at: "valid_at")
  }
}

extension Limits {
  /// Memories that a recall returns.
  static let recalled = 100
  /// Memories that one can supersede.
  static let supersededMemories = 100
}

extension Violations {
  /// Seconds: from 1 second to 100 years, 30 days where nothing is said.
  fileprivate mutating func halfLife(_ duration: WellKnown.Duration?, at field: String) -> Double {
    guard let duration else { return 30 * 86_400 }
    let seconds = Double(duration.seconds) + Double(duration.nanos) / 1_000_000_000
    if !(1...3_155_760_000).contains(seconds) { add("must be from 1 second to 100 years", at: field) }
    return seconds
  }
}
