import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A walk along relationships that may be made.
struct GraphWalk {
  let start: [String]
  let maxDepth: Int
  let direction: WalkDirection
  let relationships: RelationshipConditions
  /// Which contexts are sent.
  let contexts: ContextConditions
  /// Whether the walk goes on only from contexts that are sent.
  let onlyThroughMatching: Bool
  let limit: Int
  let detail: ContextDetail
  let asOf: WantedMoment?

  init(validating request: TraverseRequest) throws(RPCError) {
    var violations = Violations()
    if request.start.isEmpty { violations.add("start", "must not be empty") }
    violations.identifiers("start", request.start, atMost: Limits.walkStarts)
    maxDepth = violations.depth("max_depth", request.maxDepth, orElse: 1)
    direction = WalkDirection(validating: request.direction, at: "direction", &violations)
    relationships = RelationshipConditions(
      validating: request.relationships, at: "relationships", &violations)
    contexts = ContextConditions(
      validating: request.contexts ?? ContextFilter(), showDeleted: false, at: "contexts", &violations)
    limit = violations.limit("limit", request.limit, orElse: 1_000, atMost: Limits.walkHits)
    violations.view("view", request.view)
    asOf = violations.asOf("as_of", request.asOf)
    try violations.check()
    var seen: Set<TextKey> = []
    start = request.start.filter { seen.add($0) }
    onlyThroughMatching = request.onlyThroughMatching
    detail = request.view.detail
  }
}

/// A search for paths that may be made.
struct PathQuery {
  let source: String
  let target: String
  let shortestOnly: Bool
  let maxDepth: Int
  let direction: WalkDirection
  let relationships: RelationshipConditions
  let limit: Int
  let asOf: WantedMoment?

  init(validating request: FindPathsRequest) throws(RPCError) {
    var violations = Violations()
    violations.identifier("source", request.source)
    violations.identifier("target", request.target)
    if case .unrecognized(let number) = request.mode {
      violations.add("mode", "has an unknown value, \(number)")
    }
    maxDepth = violations.depth("max_depth", request.maxDepth, orElse: 6)
    direction = WalkDirection(validating: request.direction, at: "direction", &violations)
    relationships = RelationshipConditions(
      validating: request.relationships, at: "relationships", &violations)
    limit = violations.limit("limit", request.limit, orElse: 10, atMost: Limits.paths)
    asOf = violations.asOf("as_of", request.asOf)
    try violations.check()
    source = request.source
    target = request.target
    shortestOnly = request.mode != .simple
  }
}

extension Violations {
  /// Steps: 0 stands for `standard`. Too many are refused and not cut, because the answer would be another one.
  fileprivate mutating func depth(_ field: String, _ depth: Int32, orElse standard: Int) -> Int {
    if !(0...Int32(Limits.walkDepth)).contains(depth) {
      add(field, "must be from 0 to \(Limits.walkDepth), not \(depth)")
    }
    return depth == 0 ? standard : Int(depth)
  }
}
