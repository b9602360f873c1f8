import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension MemoryStore {
  /// The memories that count most, now or at a moment: two round trips, one to weigh, one to read.
  func recall(
    _ recall: Recall, at moment: Moment?, in project: ProjectID
  ) async throws(RPCError) -> RecallResponse {
    let weighed = try await database { () async throws(PostgresError) in
      let query = recall.statement(in: project, at: moment, weighing: configuration.weighedMemories)
      return try WeighedMemories(decoding: try await pool.query(query.statement, query.parameters))
    }
    let found =
      weighed.ids.isEmpty
      ? [] : try await contexts.contexts(weighed.ids, isFull: recall.isFull, at: moment, in: project)
    var response = RecallResponse()
    response.time = (weighed.moment ?? moment?.time).map { WellKnown.Timestamp($0) }
    response.truncated = weighed.count > configuration.weighedMemories
    response.memories = zip(found, weighed.memories).compactMap { context, memory in
      guard let context = context?.context else { return nil }
      var recalled = memory
      recalled.context = context
      return recalled
    }
    return response
  }
}

/// What weighing came to.
private struct WeighedMemories {
  var ids: [String] = []
  /// In the order of their scores, without their contexts.
  var memories: [RecalledMemory] = []
  /// How many there are; one more than are weighed where there are more.
  var count = 0
  /// When; nil where none was.
  var moment: PostgresTimestamp?

  init(decoding rows: Rows) throws(PostgresError) {
    for row in rows {
      ids.append(try row.decode(0))
      var parts = MemoryScore()
      parts.relevance = try row.decode(1)
      parts.importance = try row.decode(2)
      parts.confidence = try row.decode(3)
      parts.recency = try row.decode(4)
      var memory = RecalledMemory()
      memory.score = try row.decode(5)
      memory.parts = parts
      memories.append(memory)
      moment = try row.decode(6)
      count = try row.decode(7)
    }
  }
}

extension Recall {
  /// The statement for this combination of conditions.
  fileprivate func statement(
    in project: ProjectID, at moment: Moment?, weighing most: Int
  ) -> BoundStatement {
    var statement = QueryFragments.Composition(MemoryQueries.recall)
    var matches = SearchMatches(
      query: query, conditions: conditions, memory: memory, newest: nil, moment: moment, limit: most)
    if let query, !matchesAll { matches.anyOf = RecallTerms(query) }
    matches.add(to: &statement, in: project)
    if matches.anyOf == nil {
      statement.add("scored")
    } else {
      statement.add("scored_any", Limits.recallCounted, Limits.recallCounted, Limits.recallSample)
    }
    statement.add("weighed", moment?.time, halfLife, limit)
    return statement.statement
  }
}
