import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// Content stands after the fourteen columns that every query has.
private let afterBasicColumns = 14

extension ContextStore {
  /// One context: one look-up by primary key.
  func get(_ lookup: ContextLookup, in project: ProjectID) async throws(RPCError) -> Context {
    let context = try await database { () async throws(PostgresError) -> Context? in
      let statement = lookup.isFull ? ContextQueries.get : ContextQueries.getBasic
      let rows = try await pool.lookup(statement, [project.text, lookup.id])
      guard let row = rows.first else { return nil }
      return try Context(decoding: row, contentColumn: lookup.isFull ? afterBasicColumns : nil)
    }
    guard let context else { throw .contextNotFound(lookup.id) }
    if context.deleteTime != nil, !lookup.showDeleted { throw .contextDeleted(lookup.id) }
    return context
  }

  /// Several contexts in the order asked for: one round trip, an answer of bounded size.
  func get(_ lookups: ContextLookups, in project: ProjectID) async throws(RPCError) -> [ItemOutcome] {
    let ids = lookups.ids.map { (try? $0.get()) ?? "" }
    let found = try await database { () async throws(PostgresError) -> [Int: FoundContext] in
      let bound = lookups.isFull ? Limits.answerBytes : -1
      let rows = try await pool.query(ContextQueries.getSeveral, [project.text, ids, bound])
      var found: [Int: FoundContext] = [:]
      for row in rows { found[try row.decode(16)] = try FoundContext(decoding: row, isFull: lookups.isFull) }
      return found
    }
    var budget = Limits.answerBytes
    return lookups.ids.enumerated().map { place, id in
      id.flatMap { id in
        found[place].map { $0.outcome(lookups, &budget) } ?? .failure(.contextNotFound(id))
      }
    }
  }

  /// Contexts as the changes at their positions left them: one round trip, an answer of bounded size.
  func images(
    of ids: [String], at positions: [Int64], isFull: Bool, in project: ProjectID
  ) async throws(RPCError) -> ContextImages {
    var images = ContextImages(count: ids.count)
    if ids.isEmpty { return images }
    return try await database { () async throws(PostgresError) in
      let bound = isFull ? Limits.imageBytes : 0
      let rows = try await pool.query(ContextQueries.images, [project.text, ids, positions, bound])
      for row in rows {
        let place: Int = try row.decode(16)
        if isFull, try !row.decode(17) {
          images.count = place
          break
        }
        images.byPlace[place] = try Context(decoding: row, contentColumn: isFull ? afterBasicColumns : nil)
      }
      return images
    }
  }
}

/// What was found of the contexts that changes left.
struct ContextImages {
  /// How many of the changes, from the first on, were looked at: all, or those whose contents are not too much
  /// to hold at once. Never none of some.
  var count: Int
  /// By the place of the change; those that are no longer kept are missing.
  var byPlace: [Int: Context] = [:]
}

/// A row of `get_contexts`.
private struct FoundContext {
  let context: Context
  /// Whether its content fitted into what PostgreSQL was asked for.
  let isWhole: Bool
  let size: Int

  init(decoding row: Row, isFull: Bool) throws(PostgresError) {
    context = try Context(decoding: row, contentColumn: isFull ? afterBasicColumns : nil)
    isWhole = isFull ? try row.decode(17) : true
    size = context.sizeBound(metadataBytes: row.metadataBytes)
  }

  /// The context, unless it is deleted or the answer is full; once it is, it stays so.
  func outcome(_ lookups: ContextLookups, _ budget: inout Int) -> ItemOutcome {
    if context.deleteTime != nil, !lookups.showDeleted { return .failure(.contextDeleted(context.id)) }
    budget = isWhole ? budget - min(budget, size) : 0
    return budget > 0 ? .success(context) : .failure(.responseFull("context", context.id))
  }
}
