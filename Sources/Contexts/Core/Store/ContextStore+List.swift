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
      let query = list.statement(in: project, at: moment)
      let rows = try await pool.query(query.statement, query.parameters)
      var response = ListContextsResponse()
      // How many rows the page would have without its bound in bytes, one more than asked for included.
      var total = 0
      var bytes = 0
      for row in rows.prefix(list.pageSize) {
        total = try row.decode(Context.columnCount)
        let context = try Context(decoding: row, contentColumn: list.isFull ? Context.columnCount + 1 : nil)
        bytes += context.sizeBound(metadataBytes: row.metadataBytes)
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

extension ContextList {
  /// The statement for this combination of conditions, order and page.
  fileprivate func statement(in project: ProjectID, at moment: Moment?) -> BoundStatement {
    var query = QueryFragments.Composition(ContextQueries.list)
    query.add(isFull ? "full" : "basic")
    query.add("from")
    if let moment {
      query.add("past_current", project.text, moment.position)
      add(to: &query, at: moment)
      query.add("past_superseded", project.text, moment.position, moment.position)
      add(to: &query, at: moment)
      query.add("past_end")
      query.add(order)
      query.add("limit", pageSize + 1)
    } else {
      query.add("current", project.text)
      add(to: &query, at: nil)
    }
    query.add("page_end")
    if isFull { query.add("full_bound", Limits.answerBytes) }
    query.add("end")
    return query.statement
  }

  /// What a page holds of one source of contexts.
  private func add(to query: inout QueryFragments.Composition, at moment: Moment?) {
    query.add(conditions, at: moment)
    query.add(after, in: order)
    query.add(order)
    query.add("limit", pageSize + 1)
  }

  fileprivate func nextPageToken(after context: Context, at moment: Moment?) -> String {
    let time =
      switch order.key {
      case .createTime: context.createTime
      case .updateTime: context.updateTime
      case .id: nil as WellKnown.Timestamp?
      }
    let microseconds = time.map { $0.seconds * 1_000_000 + Int64($0.nanos) / 1_000 } ?? 0
    return nextPageToken(after: PageToken(time: microseconds, id: context.id, moment: moment))
  }
}

extension QueryFragments.Composition {
  /// Which contexts, now or at a moment.
  mutating func add(_ conditions: ContextConditions, at moment: Moment?) {
    let life = conditions.showDeleted ? "kept" : "live"
    if let moment { add("\(life)_then", moment.time) } else { add(life) }
    add(fields: conditions)
  }

  /// Which contexts, deleted or not.
  mutating func add(fields conditions: ContextConditions) {
    add(conditions.types)
    add(conditions.statuses)
    if !conditions.tags.isEmpty { add("tags", conditions.tags) }
    if !conditions.owner.isEmpty { add("owner", conditions.owner) }
    if !conditions.session.isEmpty { add("session", conditions.session) }
    add("created", conditions.created)
    add("updated", conditions.updated)
  }

  private mutating func add(_ types: [ContextType]) {
    if types.count == 1 {
      add("one_type", Int16(types[0].rawValue))
    } else if !types.isEmpty {
      add("types", types.map { Int16($0.rawValue) })
    }
  }

  private mutating func add(_ statuses: [ContextStatus]) {
    if statuses.count == 1, statuses[0] != .active {
      // Most contexts are active; the others have an index of their own.
      add("one_inactive_status", Int16(statuses[0].rawValue))
    } else if !statuses.isEmpty {
      add("statuses", statuses.map { Int16($0.rawValue) })
    }
  }

  private mutating func add(_ name: String, _ range: ContextConditions.TimeRange) {
    if let from = range.from { add("\(name)_from", PostgresTimestamp(microseconds: from)) }
    if let before = range.before { add("\(name)_before", PostgresTimestamp(microseconds: before)) }
  }

  /// Only what follows the last row of the page before.
  fileprivate mutating func add(_ token: PageToken?, in order: ListOrder) {
    guard let token else { return }
    let name = "\(order.isDescending ? "before" : "after")_\(order.key.rawValue)"
    if order.key == .id {
      add(name, token.id)
    } else {
      add(name, PostgresTimestamp(microseconds: token.time), token.id)
    }
  }

  fileprivate mutating func add(_ order: ListOrder) {
    add("by_\(order.key.rawValue)\(order.isDescending ? "_desc" : "")")
  }
}
