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
        // Who is there after the last step is seen when their contexts are read.
        let isLast = state.depth == walk.maxDepth - 1
        let isBlind = isLast && moment == nil && walk.contexts == ContextConditions()
        let step = StepQuery(
          frontier: state.frontier, direction: walk.direction, relationships: walk.relationships,
          contexts: walk.contexts, moment: moment, budget: budget, isBlind: isBlind)
        let starts = state.depth == 0 ? walk.start : []
        let steps = try await Self.steps(step, in: project, checking: starts, tx)
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
      try await Self.gather(query, at: moment, in: project, tx)
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
    _ query: PathQuery, at moment: Moment?, in project: ProjectID, _ tx: Transaction
  ) async throws(RPCError) -> (PathGraph, isCut: Bool) {
    var graph = PathGraph(from: query.source, to: query.target)
    var budget = Limits.walkRelationships
    while graph.depth < query.maxDepth, !graph.isExhausted, !(query.shortestOnly && graph.isJoined) {
      let step = StepQuery(
        frontier: graph.frontier, direction: graph.goesForward ? query.direction : query.direction.reversed,
        relationships: query.relationships, contexts: ContextConditions(), moment: moment, budget: budget)
      let ends = graph.depth == 0 ? [query.source, query.target] : []
      let steps = try await Self.steps(step, in: project, checking: ends, tx)
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
      var places: Set<Int> = []
      for row in try await tx.query(RelationshipQueries.contextsThere, [project.text, ids]) {
        places.insert(try row.decode(0))
      }
      return places
    }
  }

  /// Runs one step; with contexts that must be there, in the same round trip.
  private static func steps(
    _ query: StepQuery, in project: ProjectID, checking ids: [String], _ tx: Transaction
  ) async throws(RPCError) -> [WalkStep] {
    let check = ids.isEmpty ? [] : [query.check(ids, in: project)]
    let (states, steps) = try await database { () async throws(PostgresError) in
      let rows = try await tx.pipeline(check + [query.statement(in: project)])
      let states = ids.isEmpty ? nil : try ContextStates(decoding: rows[0])
      var steps: [WalkStep] = []
      for row in rows[rows.count - 1] { steps.append(try WalkStep(decoding: row)) }
      return (states, steps)
    }
    if let states { for id in ids { if let refusal = states.refusal(of: id) { throw refusal } } }
    return steps
  }
}

/// A step from several contexts at once.
private struct StepQuery {
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
    guard let moment else { return RelationshipQueries.contextStates.bind([project.text, ids]) }
    return RelationshipQueries.contextStatesAsOf.bind([project.text, ids, moment.position, moment.time])
  }

  func statement(in project: ProjectID) -> BoundStatement {
    var query = QueryFragments.Composition(RelationshipQueries.walk)
    if let moment {
      query.add("begin_then", project.text, moment.position, moment.position, moment.position)
    } else {
      query.add("begin", project.text)
    }
    query.add(relationships, at: moment)
    query.add(isBlind ? "last_step" : "step")
    query.add("frontier", frontier)
    if direction != .in { query.add("out", budget + 1) }
    if direction == .both { query.add("and") }
    if direction != .out { query.add(direction == .both ? "in_too" : "in", budget + 1) }
    query.add("steps")
    if !isBlind {
      query.add("reached")
      query.add(contexts, at: moment)
      if let moment {
        query.add("where_then", moment.position, moment.position, moment.time)
      } else {
        query.add("where")
      }
    }
    query.add("end_of_step", budget + 1)
    return query.statement
  }
}

extension WalkStep {
  fileprivate init(decoding row: Row) throws(PostgresError) {
    place = try row.decode(0)
    kind = RelationshipKind(rawValue: Int32(try row.decode(1, as: Int16.self)))
    name = try row.decode(2)
    next = try row.decode(3)
    weight = try row.decode(4)
    reversed = try row.decode(5)
    matches = try row.decode(6)
  }
}
