import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests

extension RelationshipStore {
  /// Walks along relationships: one round trip a step, all in one snapshot. Returns whom it reached, and
  /// whether it was cut short. Those reached by the last step may turn out not to be there.
  func walk(
    _ walk: GraphWalk, at moment: Moment?, in project: ProjectID
  ) async throws(RPCError) -> (walk: BreadthFirstWalk, isTruncated: Bool) {
    try await pool.transaction(.snapshot) { tx throws(RPCError) in
      var state = BreadthFirstWalk(from: walk.start, onlyThroughMatching: walk.onlyThroughMatching)
      var budget = Limits.walkRelationships
      var isTruncated = false
      while state.depth < walk.maxDepth, !state.frontier.isEmpty, state.hits.count < walk.limit, !isTruncated
      {
        // Whether the contexts after the last step exist is seen when they are read.
        let isLast = state.depth == walk.maxDepth - 1
        let isBlind = isLast && moment == nil && walk.contexts == ContextConditions()
        let step = StepQuery(
          frontier: state.frontier, direction: walk.direction, relationships: walk.relationships,
          contexts: walk.contexts, moment: moment, budget: budget, isBlind: isBlind)
        let starts = state.depth == 0 ? walk.start : []
        let steps = try await Self.steps(step, in: project, checking: starts, on: tx)
        isTruncated = steps.count > budget
        state.advance(Array(steps.prefix(budget)))
        budget -= min(budget, steps.count)
        if isBlind, state.hits.count > walk.limit {
          state.keepLatest(try await Self.places(ofThose: state.latest, in: project, tx))
        }
      }
      let hasMore = state.depth < walk.maxDepth && !state.frontier.isEmpty
      return (state, isTruncated || hasMore || state.hits.count > walk.limit)
    }
  }

  /// Finds paths: one round trip a step, from both ends by turns, all in one snapshot.
  func paths(
    _ query: PathQuery, at moment: Moment?, in project: ProjectID
  ) async throws(RPCError) -> FindPathsResponse {
    let (graph, isCut) = try await pool.transaction(.snapshot) { tx throws(RPCError) in
      try await Self.gather(query, at: moment, in: project, on: tx)
    }
    var sorted = graph
    sorted.sort()
    var enumeration = PathEnumeration(
      sorted, longest: query.maxDepth, shortestOnly: query.shortestOnly, limit: query.limit)
    var left = Limits.pathSteps
    while !enumeration.isOver, left > 0 {
      enumeration.run(steps: Limits.pathStepsAtOnce)
      left -= Limits.pathStepsAtOnce
      await Task.yield()
      if Task.isCancelled { throw RPCError(.cancelled, "the call was cancelled") }
    }
    var response = FindPathsResponse()
    response.paths = enumeration.paths
    response.truncated = isCut || enumeration.isTruncated || !enumeration.isOver
    return response
  }

  private static func gather(
    _ query: PathQuery, at moment: Moment?, in project: ProjectID, on tx: Transaction
  ) async throws(RPCError) -> (PathGraph, isCut: Bool) {
    var graph = PathGraph(from: query.source, to: query.target)
    var budget = Limits.walkRelationships
    while graph.depth < query.maxDepth, !graph.isExhausted, !(query.shortestOnly && graph.isJoined) {
      let step = StepQuery(
        frontier: graph.frontier, direction: graph.goesForward ? query.direction : query.direction.reversed,
        relationships: query.relationships, contexts: ContextConditions(), moment: moment, budget: budget)
      let ends = graph.depth == 0 ? [query.source, query.target] : []
      let steps = try await Self.steps(step, in: project, checking: ends, on: tx)
      graph.advance(Array(steps.prefix(budget)))
      if steps.count > budget { return (graph, true) }
      budget -= steps.count
    }
    return (graph, false)
  }

  /// Where those contexts are in `ids` that are there.
  private static func places(
    ofThose ids: [String], in project: ProjectID, _ tx: Transaction
  ) async throws(RPCError) -> Set<Int> {
    try await database { () async throws(PostgresError) in
      Set(try await tx.query(RelationshipQueries.contextsThere, (project, ids)).values())
    }
  }

  /// Runs one step; with contexts that must be there, in the same round trip.
  private static func steps(
    _ query: StepQuery, in project: ProjectID, checking ids: [String], on tx: Transaction
  ) async throws(RPCError) -> [WalkStep] {
    let check = ids.isEmpty ? [] : [query.check(ids, in: project)]
    let (states, steps) = try await database { () async throws(PostgresError) in
      let rows = try await tx.pipeline(check + [query.composition(in: project).statement])
      let states =
        ids.isEmpty
        ? nil : try ContextStates(decoding: try RelationshipQueries.contextStates.results(rows[0]))
      let steps: [WalkStep] = try RelationshipQueries.walk.results(rows[rows.count - 1]).decoded()
      return (states, steps)
    }
    if let states { for id in ids { if let refusal = states.refusal(of: id) { throw refusal } } }
    return steps
  }
}

/// A step from several contexts at once.
struct StepQuery {
  let frontier: [String]
  let direction: WalkDirection
  let relationships: RelationshipConditions
  let contexts: ContextConditions
  /// Nil: now.
  let moment: Moment?
  /// How many relationships may be looked at; one more shows that there are more.
  let budget: Int
  /// Nobody looks whether the contexts are there.
  var isBlind = false

  /// Says which of these contexts are there.
  func check(_ ids: [String], in project: ProjectID) -> BoundStatement {
    guard let moment else { return RelationshipQueries.contextStates.bind((project, ids)) }
    return RelationshipQueries.contextStatesAsOf.bind((project, ids, moment))
  }

  func composition(in project: ProjectID) -> Composition {
    var query = RelationshipQueries.walk.begin()
    if let moment {
      query.add("begin_then", ["project": project.text, "position": moment.position])
    } else {
      query.add("begin", ["project": project.text])
    }
    query.add(relationships, at: moment)
    query.add(isBlind ? "last_step" : "step")
    query.add("frontier", ["frontier": frontier])
    if direction != .in { query.add("out", ["limit": budget + 1]) }
    if direction == .both { query.add("and") }
    if direction != .out {
      query.add(direction == .both ? "in_too" : "in", ["limit": budget + 1])
    }
    query.add("steps")
    if !isBlind {
      query.add("reached")
      query.add(contexts, at: moment)
      if let moment {
        query.add("where_then", ["time": moment.time])
      } else {
        query.add("where")
      }
    }
    query.add("end_of_step", ["limit": budget + 1])
    return query
  }
}

extension WalkStep: DecodableRow {
  /// The columns of `walk_relationships`.
  struct Columns: ColumnLayout {
    let place: Column<Int>
    let kind: Column<Int32>
    let name, next: Column<String>
    let weight: Column<Double>
    let reversed, matches: Column<Bool>

    init(_ find: inout ColumnFinder) {
      place = find("place")
      kind = find("kind")
      name = find("name")
      next = find("next")
      weight = find("weight")
      reversed = find("reversed")
      matches = find("matches")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    place = try row.decode(columns.place)
    kind = RelationshipKind(rawValue: try row.decode(columns.kind))
    name = try row.decode(columns.name)
    next = try row.decode(columns.next)
    weight = try row.decode(columns.weight)
    reversed = try row.decode(columns.reversed)
    matches = try row.decode(columns.matches)
  }
}
