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
      let statement = recall.composition(in: project, at: moment, weighing: configuration.weighedMemories)
      return try WeighedMemories(decoding: try await pool.query(MemoryQueries.recall, statement))
    }
    let found =
      weighed.ids.isEmpty
      ? [] : try await contexts.contexts(weighed.ids, detail: recall.detail, at: moment, in: project)
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
struct WeighedMemories {
  var ids: [String] = []
  /// In the order of their scores, without their contexts.
  var memories: [RecalledMemory] = []
  /// How many there are; one more than are weighed where there are more.
  var count = 0
  /// When; nil where none was.
  var moment: PostgresTimestamp?

  struct Columns: ColumnLayout {
    let id: Column<String>
    let relevance, importance, confidence, recency, score: Column<Double>
    let moment: Column<PostgresTimestamp>
    let found: Column<Int>

    init(_ find: inout ColumnFinder) {
      id = find("context_id")
      relevance = find("relevance")
      importance = find("importance")
      confidence = find("confidence")
      recency = find("recency")
      score = find("score")
      moment = find("moment")
      found = find("found")
    }
  }

  init(decoding weighed: Results<Columns>) throws(PostgresError) {
    let columns = weighed.columns
    for row in weighed.rows {
      ids.append(try row.decode(columns.id))
      var parts = MemoryScore()
      parts.relevance = try row.decode(columns.relevance)
      parts.importance = try row.decode(columns.importance)
      parts.confidence = try row.decode(columns.confidence)
      parts.recency = try row.decode(columns.recency)
      var memory = RecalledMemory()
      memory.score = try row.decode(columns.score)
      memory.parts = parts
      memories.append(memory)
      moment = try row.decode(columns.moment)
      count = try row.decode(columns.found)
    }
  }
}

extension Recall {
  /// The statement for this combination of conditions.
  func composition(in project: ProjectID, at moment: Moment?, weighing most: Int) -> Composition {
    var statement = MemoryQueries.recall.begin()
    var matches = SearchMatches(
      query: query, conditions: conditions, memory: memory, newest: nil, moment: moment, limit: most)
    if let query, !matchesAll { matches.anyOf = RecallTerms(query) }
    matches.add(to: &statement, in: project)
    if matches.anyOf == nil {
      statement.add("scored")
    } else {
      statement.add("scored_any", ["counted": Limits.recallCounted])
    }
    statement.add("weighed", ["moment": moment?.time, "half_life": halfLife, "page": limit])
    return statement
  }
}
