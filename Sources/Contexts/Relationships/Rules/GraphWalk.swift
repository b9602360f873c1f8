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
    if request.start.isEmpty { violations.add("must not be empty", at: "start") }
    violations.identifiers(request.start, at: "start", atMost: Limits.walkStarts)
    maxDepth = violations.depth(request.maxDepth, at: "max_depth", orElse: 1)
    direction = WalkDirection(validating: request.direction, at: "direction", &violations)
    relationships = RelationshipConditions(
      validating: request.relationships, at: "relationships", &violations)
    contexts = ContextConditions(
      validating: request.contexts ?? ContextFilter(), showDeleted: false, at: "contexts", &violations)
    limit = violations.limit(request.limit, at: "limit", orElse: 1_000, atMost: Limits.walkHits)
    violations.view(request.view, at: "view")
    asOf = violations.asOf(request.asOf, at: "as_of")
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
    violations.identifier(request.source, at: "source")
    violations.identifier(request.target, at: "target")
    if case .unrecognized(let number) = request.mode {
      violations.add("has an unknown value, \(number)", at: "mode")
    }
    maxDepth = violations.depth(request.maxDepth, at: "max_depth", orElse: 6)
    direction = WalkDirection(validating: request.direction, at: "direction", &violations)
    relationships = RelationshipConditions(
      validating: request.relationships, at: "relationships", &violations)
    limit = violations.limit(request.limit, at: "limit", orElse: 10, atMost: Limits.paths)
    asOf = violations.asOf(request.asOf, at: "as_of")
    try violations.check()
    source = request.source
    target = request.target
    shortestOnly = request.mode != .simple
  }
}

extension Violations {
  /// Steps: 0 stands for `standard`. Too many are refused and not cut, because the answer would be another one.
  fileprivate mutating func depth(_ depth: Int32, at field: String, orElse standard: Int) -> Int {
    if !(0...Int32(Limits.walkDepth)).contains(depth) {
      add("must be from 0 to \(Limits.walkDepth), not \(depth)", at: field)
    }
    return depth == 0 ? standard : Int(depth)
  }
}
