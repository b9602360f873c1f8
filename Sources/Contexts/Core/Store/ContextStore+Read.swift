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
    let found = try await database { () async throws(PostgresError) -> LookedUpContext? in
      try await pool.lookup(lookup, at: moment, in: project, for: caller).first()
    }
    guard let found, found.life != .purged else { throw .contextNotFound(lookup.id) }
    if found.life == .deleted, !lookup.showDeleted { throw .contextDeleted(lookup.id) }
    return found.context
  }

  /// Several contexts in the order asked for, now or at a moment: one round trip, an answer of bounded size.
  func get(
    _ lookups: ContextLookups, at moment: Moment? = nil, in project: ProjectID
  ) async throws(RPCError) -> [ItemOutcome] {
    let ids = lookups.ids.map { (try? $0.get()) ?? "" }
    let found = try await database { () async throws(PostgresError) -> [Int: FoundContext] in
      let rows: [FoundContext] = try await pool.several(
        ids, detail: lookups.detail, at: moment, in: project
      ).decoded()
      var found: [Int: FoundContext] = [:]
      for item in rows where item.life != .purged { found[item.place] = item }
      return found
    }
    var budget = Limits.answerBytes
    return lookups.ids.enumerated().map { place, id in
      id.flatMap { id in
        found[place].map { $0.outcome(for: lookups, within: &budget) } ?? .failure(.contextNotFound(id))
      }
    }
  }

  /// The first of several contexts, now or at a moment: as many as have room in one answer, nil in the place
  /// of one that is not there or is deleted. One round trip; never none of some.
  func contexts(
    _ ids: [String], detail: ContextDetail, at moment: Moment?, in project: ProjectID
  ) async throws(RPCError) -> [MeasuredContext?] {
    if ids.isEmpty { return [] }
    return try await database { () async throws(PostgresError) in
      var contexts: [MeasuredContext?] = Array(repeating: nil, count: ids.count)
      let rows: [FoundContext] = try await pool.several(ids, detail: detail, at: moment, in: project)
        .decoded()
      for found in rows {
        if detail == .full, !found.isWhole { return Array(contexts.prefix(found.place)) }
        if found.life == .there {
          contexts[found.place] = MeasuredContext(context: found.context, size: found.size)
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
    of ids: [String], at positions: [Int64], meeting conditions: ContextConditions? = nil,
    detail: ContextDetail, in project: ProjectID
  ) async throws(RPCError) -> ContextImages {
    var images = ContextImages(count: ids.count)
    if ids.isEmpty { return images }
    return try await database { () async throws(PostgresError) in
      let bound = detail == .full ? Limits.imageBytes : 0
      let changed = (project: project, ids: ids, positions: positions, bytes: bound)
      let found =
        if let conditions {
          try await pool.read(ContextQueries.watch, conditions.images(of: changed))
        } else {
          try await pool.read(ContextQueries.images, changed)
        }
      let columns = found.columns
      for row in found.rows {
        let place = try row.decode(columns.place)
        if detail == .full, try !row.decode(columns.isWhole) {
          images.count = place
          break
        }
        images.byPlace[place] = try ContextImage(decoding: row, columns)
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
    _ ids: [String], detail: ContextDetail, at moment: Moment?, in project: ProjectID
  ) async throws(PostgresError) -> Results<FoundContext.Columns> {
    if moment == nil, detail == .basic {
      return try await read(ContextQueries.getSeveralBasic, (project, ids))
    }
    let contexts = (project: project, ids: ids, bytes: detail == .full ? Limits.answerBytes : -1)
    guard let moment else { return try await read(ContextQueries.getSeveral, contexts) }
    return try await read(ContextQueries.getSeveralAsOf, (contexts, moment))
  }

  /// Looks a context up, now or at a moment.
  fileprivate func lookup(
    _ lookup: ContextLookup, at moment: Moment?, in project: ProjectID, for caller: Int64
  ) async throws(PostgresError) -> Results<LookedUpContext.Columns> {
    if let moment {
      return try await self.lookup(
        ContextQueries.getAsOf, (project, lookup.id, moment, lookup.detail), for: caller)
    }
    let query = lookup.detail == .full ? ContextQueries.get : ContextQueries.getBasic
    return try await self.lookup(query, (project, lookup.id), for: caller)
  }
}

/// A row of `get_context`.
struct LookedUpContext: DecodableRow {
  struct Columns: ColumnLayout {
    let context: Context.Columns
    let life: Column<Int64>

    init(_ find: inout ColumnFinder) {
      context = Context.Columns(&find)
      life = find("life")
    }
  }

  let context: Context
  let life: ContextLife

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    context = try Context(decoding: row, columns.context)
    life = try ContextLife(decoding: row, columns.life)
  }
}

/// A row of `get_contexts`.
struct FoundContext: DecodableRow {
  struct Columns: ColumnLayout {
    let found: LookedUpContext.Columns
    /// Which of the contexts asked for it is.
    let place: Column<Int>
    let isWhole: Column<Bool>?
    let contentBytes, dataBytes: Column<Int>?

    init(_ find: inout ColumnFinder) {
      found = LookedUpContext.Columns(&find)
      place = find("place")
      isWhole = find.ifAny("is_whole")
      contentBytes = find.ifAny("content_bytes")
      dataBytes = find.ifAny("data_bytes")
    }
  }

  let context: Context
  let life: ContextLife
  let place: Int
  /// Whether its content fitted into what PostgreSQL was asked for; true where none was asked for.
  let isWhole: Bool
  /// Bytes of the message, at most.
  let size: Int

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    let found = try LookedUpContext(decoding: row, columns.found)
    (context, life) = (found.context, found.life)
    place = try row.decode(columns.place)
    isWhole = try columns.isWhole.map { column throws(PostgresError) in try row.decode(column) } ?? true
    size = context.sizeBound(metadataBytes: columns.found.context.metadataBytes(in: row))
  }

  /// The context, unless it is deleted or the answer is full; once it is, it stays so.
  func outcome(for lookups: ContextLookups, within budget: inout Int) -> ItemOutcome {
    if life == .deleted, !lookups.showDeleted { return .failure(.contextDeleted(context.id)) }
    budget = isWhole || lookups.detail == .basic ? budget - min(budget, size) : 0
    return budget > 0 ? .success(context) : .failure(.responseFull("context", id: context.id))
  }
}
