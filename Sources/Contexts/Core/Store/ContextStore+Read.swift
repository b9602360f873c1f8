import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension ContextStore {
  /// One context, now or at a moment: one look-up by primary key.
  ///
  /// - Parameter caller: Whose turn it is where look-ups wait for each other; see ``PostgresPool/lookup(_:_:for:)``.
  func get(
    _ lookup: ContextLookup, at moment: Moment? = nil, in project: ProjectID, for caller: Int64 = 0
  ) async throws(RPCError) -> Context {
    let found = try await database { () async throws(PostgresError) -> (Context, ContextLife)? in
      let rows = try await pool.lookup(lookup, moment, project, caller)
      guard let row = rows.first else { return nil }
      let context = try Context(
        decoding: row, contentColumn: lookup.isFull ? Context.columnCount + 1 : nil)
      return (context, try ContextLife(decoding: row, at: Context.columnCount))
    }
    guard let (context, life) = found, life != .purged else { throw .contextNotFound(lookup.id) }
    if life == .deleted, !lookup.showDeleted { throw .contextDeleted(lookup.id) }
    return context
  }

  /// Several contexts in the order asked for, now or at a moment: one round trip, an answer of bounded size.
  func get(
    _ lookups: ContextLookups, at moment: Moment? = nil, in project: ProjectID
  ) async throws(RPCError) -> [ItemOutcome] {
    let ids = lookups.ids.map { (try? $0.get()) ?? "" }
    let found = try await database { () async throws(PostgresError) -> [Int: FoundContext] in
      let rows = try await pool.several(ids, isFull: lookups.isFull, moment, project)
      var found: [Int: FoundContext] = [:]
      for row in rows {
        let item = try FoundContext(decoding: row, isFull: lookups.isFull)
        if item.life != .purged { found[try row.decode(FoundContext.placeColumn)] = item }
      }
      return found
    }
    var budget = Limits.answerBytes
    return lookups.ids.enumerated().map { place, id in
      id.flatMap { id in
        found[place].map { $0.outcome(lookups, &budget) } ?? .failure(.contextNotFound(id))
      }
    }
  }

  /// The first of several contexts, now or at a moment: as many as have room in one answer, nil in the place
  /// of one that is not there or is deleted. One round trip; never none of some.
  func contexts(
    _ ids: [String], isFull: Bool, at moment: Moment?, in project: ProjectID
  ) async throws(RPCError) -> [MeasuredContext?] {
    if ids.isEmpty { return [] }
    return try await database { () async throws(PostgresError) in
      var contexts: [MeasuredContext?] = Array(repeating: nil, count: ids.count)
      for row in try await pool.several(ids, isFull: isFull, moment, project) {
        let found = try FoundContext(decoding: row, isFull: isFull)
        let place: Int = try row.decode(FoundContext.placeColumn)
        if !found.isWhole { return Array(contexts.prefix(place)) }
        if found.life == .there {
          contexts[place] = MeasuredContext(context: found.context, size: found.size)
        }
      }
      return contexts
    }
  }

  /// Contexts as the changes at their positions left them: one round trip, an answer of bounded size.
  ///
  /// - Parameter conditions: What a context must meet before the change or after it to be looked up with its
  ///   contents; nil for nothing.
  func images(
    of ids: [String], at positions: [Int64], meeting conditions: ContextConditions? = nil, isFull: Bool,
    in project: ProjectID
  ) async throws(RPCError) -> ContextImages {
    var images = ContextImages(count: ids.count)
    if ids.isEmpty { return images }
    return try await database { () async throws(PostgresError) in
      let bound = isFull ? Limits.imageBytes : 0
      let query =
        conditions?.images(of: ids, at: positions, bytes: bound, in: project)
        ?? ContextQueries.images.bind([project.text, ids, positions, bound])
      let rows = try await pool.read(query.statement, query.parameters)
      for row in rows {
        let place: Int = try row.decode(Context.columnCount + 2)
        if isFull, try !row.decode(Context.columnCount + 3) {
          images.count = place
          break
        }
        images.byPlace[place] = try ContextImage(
          decoding: row, isFull: isFull, hasMembership: conditions != nil)
      }
      return images
    }
  }
}

/// A context, and how many bytes its message has at most.
struct MeasuredContext {
  let context: Context
  let size: Int
}

extension PostgresPool {
  /// Reads several contexts, now or at a moment.
  fileprivate func several(
    _ ids: [String], isFull: Bool, _ moment: Moment?, _ project: ProjectID
  ) async throws(PostgresError) -> Rows {
    let parameters: [any PostgresValue] = [project.text, ids, isFull ? Limits.answerBytes : -1]
    if let moment {
      return try await read(ContextQueries.getSeveralAsOf, parameters + [moment.position, moment.time])
    }
    if !isFull { return try await read(ContextQueries.getSeveralBasic, [project.text, ids]) }
    return try await read(ContextQueries.getSeveral, parameters)
  }

  /// Looks a context up, now or at a moment.
  fileprivate func lookup(
    _ lookup: ContextLookup, _ moment: Moment?, _ project: ProjectID, _ caller: Int64
  ) async throws(PostgresError) -> Rows {
    if let moment {
      return try await self.lookup(
        ContextQueries.getAsOf, [project.text, lookup.id, moment.position, moment.time, lookup.isFull],
        for: caller)
    }
    return try await self.lookup(
      lookup.isFull ? ContextQueries.get : ContextQueries.getBasic, [project.text, lookup.id], for: caller)
  }
}

/// A row of `get_contexts`.
private struct FoundContext {
  /// Where a row says which of the contexts asked for it is.
  static let placeColumn = Context.columnCount + 3

  let context: Context
  let life: ContextLife
  /// Whether its content fitted into what PostgreSQL was asked for.
  let isWhole: Bool
  let size: Int

  init(decoding row: Row, isFull: Bool) throws(PostgresError) {
    context = try Context(decoding: row, contentColumn: isFull ? Context.columnCount + 1 : nil)
    life = try ContextLife(decoding: row, at: Context.columnCount)
    isWhole = isFull ? try row.decode(Context.columnCount + 4) : true
    size = context.sizeBound(metadataBytes: row.metadataBytes)
  }

  /// The context, unless it is deleted or the answer is full; once it is, it stays so.
  func outcome(_ lookups: ContextLookups, _ budget: inout Int) -> ItemOutcome {
    if life == .deleted, !lookups.showDeleted { return .failure(.contextDeleted(context.id)) }
    budget = isWhole ? budget - min(budget, size) : 0
    return budget > 0 ? .success(context) : .failure(.responseFull("context", context.id))
  }
}
