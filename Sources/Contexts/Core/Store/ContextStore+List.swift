import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension ContextStore {
  /// One page of a list, now or at a moment: one round trip, an answer of bounded size.
  func list(
    _ list: ContextList, at moment: Moment? = nil, in project: ProjectID
  ) async throws(RPCError) -> ListContextsResponse {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(ContextQueries.list, list.composition(in: project, at: moment))
      let columns = found.columns
      var response = ListContextsResponse()
      // How many rows the page would have without its bound in bytes, one more than asked for included.
      var total = 0
      var bytes = 0
      for row in found.rows.prefix(list.pageSize) {
        total = try row.decode(columns.total)
        let context = try Context(decoding: row, columns.context)
        bytes += context.sizeBound(metadataBytes: columns.context.metadataBytes(in: row))
        if bytes > Limits.answerBytes, !response.contexts.isEmpty { break }
        response.contexts.append(context)
      }
      if let last = response.contexts.last, response.contexts.count < total {
        response.nextPageToken = list.nextPageToken(after: last, at: moment)
      }
      return response
    }
  }
}

/// The rows of a list.
enum ListedContext {
  struct Columns: ColumnLayout {
    let context: Context.Columns
    let total: Column<Int>

    init(_ find: inout ColumnFinder) {
      context = Context.Columns(&find)
      total = find("total")
    }
  }
}

extension ContextList {
  /// The statement for this combination of conditions, order and page.
  func composition(in project: ProjectID, at moment: Moment?) -> Composition {
    var query = ContextQueries.list.begin()
    query.add(detail == .full ? "full" : "basic")
    query.add("from")
    if let moment {
      query.add("past_current", ["project": project.text, "position": moment.position])
      add(to: &query, at: moment)
      query.add("past_superseded")
      add(to: &query, at: moment)
      query.add("past_end")
      query.add(order)
      query.add("limit")
    } else {
      query.add("current", ["project": project.text])
      add(to: &query, at: nil)
    }
    query.add("page_end")
    if detail == .full { query.add("full_bound", ["bytes": Limits.answerBytes]) }
    query.add("end")
    return query
  }

  /// What a page holds of one source of contexts.
  private func add(to query: inout Composition, at moment: Moment?) {
    query.add(conditions, at: moment)
    query.add(after, in: order)
    query.add(order)
    query.add("limit", ["limit": pageSize + 1])
  }

  fileprivate func nextPageToken(after context: Context, at moment: Moment?) -> String {
    let time =
      switch order.key {
      case .createTime: context.createTime
      case .updateTime: context.updateTime
      case .id: nil as WellKnown.Timestamp?
      }
    return nextPageToken(after: PageToken(time: time?.microseconds ?? 0, id: context.id, moment: moment))
  }
}

extension Composition {
  /// Which contexts, now or at a moment.
  mutating func add(_ conditions: ContextConditions, at moment: Moment?) {
    let life = conditions.showDeleted ? "kept" : "live"
    if let moment { add("\(life)_then", ["time": moment.time]) } else { add(life) }
    add(fields: conditions)
  }

  /// Which contexts, deleted or not.
  mutating func add(fields conditions: ContextConditions) {
    add(conditions.types)
    add(conditions.statuses)
    if !conditions.tags.isEmpty { add("tags", ["tags": conditions.tags]) }
    if !conditions.owner.isEmpty { add("owner", ["owner": conditions.owner]) }
    if !conditions.session.isEmpty { add("session", ["session": conditions.session]) }
    add("created", within: conditions.created)
    add("updated", within: conditions.updated)
  }

  private mutating func add(_ types: [ContextType]) {
    if types.count == 1 {
      add("one_type", ["type": Int16(types[0].rawValue)])
    } else if !types.isEmpty {
      add("types", ["types": types.map { Int16($0.rawValue) }])
    }
  }

  private mutating func add(_ statuses: [ContextStatus]) {
    if statuses.count == 1, statuses[0] != .active {
      // Most contexts are active; the others have an index of their own.
      add("one_inactive_status", ["status": Int16(statuses[0].rawValue)])
    } else if !statuses.isEmpty {
      add("statuses", ["statuses": statuses.map { Int16($0.rawValue) }])
    }
  }

  /// Only what was created, or updated, in a time: fragments and parameters are named alike.
  mutating func add(_ name: String, within range: ContextConditions.TimeRange) {
    if let from = range.from {
      add("\(name)_from", ["\(name)_from": PostgresTimestamp(microseconds: from)])
    }
    if let before = range.before {
      add("\(name)_before", ["\(name)_before": PostgresTimestamp(microseconds: before)])
    }
  }

  /// Only what follows the last row of the page before.
  fileprivate mutating func add(_ token: PageToken?, in order: ListOrder) {
    guard let token else { return }
    let name = "\(order.isDescending ? "before" : "after")_\(order.key.rawValue)"
    if order.key == .id {
      add(name, ["after_id": token.id])
    } else {
      add(name, ["after_time": PostgresTimestamp(microseconds: token.time), "after_id": token.id])
    }
  }

  fileprivate mutating func add(_ order: ListOrder) {
    add("by_\(order.key.rawValue)\(order.isDescending ? "_desc" : "")")
  }
}
