import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension ContextStore {
  /// One page of a list: one round trip, an answer of bounded size.
  func list(_ list: ContextList, in project: ProjectID) async throws(RPCError) -> ListContextsResponse {
    try await database { () async throws(PostgresError) in
      let query = list.statement(in: project)
      let rows = try await pool.query(query.statement, query.parameters)
      var response = ListContextsResponse()
      // How many rows the page would have without its bound in bytes, one more than asked for included.
      var total = 0
      var bytes = 0
      for row in rows.prefix(list.pageSize) {
        total = try row.decode(14)
        let context = try Context(decoding: row, contentColumn: list.isFull ? 15 : nil)
        bytes += context.sizeBound(metadataBytes: row.metadataBytes)
        if bytes > Limits.answerBytes, !response.contexts.isEmpty { break }
        response.contexts.append(context)
      }
      if let last = response.contexts.last, response.contexts.count < total {
        response.nextPageToken = list.nextPageToken(after: last)
      }
      return response
    }
  }
}

extension ContextList {
  /// The statement for this combination of conditions, order and page.
  fileprivate func statement(in project: ProjectID) -> BoundStatement {
    var query = QueryFragments.Composition(ContextQueries.list)
    query.add(isFull ? "full" : "basic")
    query.add("from", project.text)
    query.add(conditions)
    query.add(order, after: after)
    query.add("limit", pageSize + 1)
    if isFull { query.add("full_bound", Limits.answerBytes) }
    query.add("end")
    return query.statement
  }

  fileprivate func nextPageToken(after context: Context) -> String {
    let time =
      switch order.key {
      case .createTime: context.createTime
      case .updateTime: context.updateTime
      case .id: nil as WellKnown.Timestamp?
      }
    let microseconds = time.map { $0.seconds * 1_000_000 + Int64($0.nanos) / 1_000 } ?? 0
    return nextPageToken(after: PageToken(time: microseconds, id: context.id))
  }
}

extension QueryFragments.Composition {
  fileprivate mutating func add(_ conditions: ContextConditions) {
    if !conditions.showDeleted { add("live") }
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

  fileprivate mutating func add(_ order: ListOrder, after token: PageToken?) {
    let key = order.key.rawValue
    if let token {
      let name = "\(order.isDescending ? "before" : "after")_\(key)"
      if order.key == .id {
        add(name, token.id)
      } else {
        add(name, PostgresTimestamp(microseconds: token.time), token.id)
      }
    }
    add("by_\(key)\(order.isDescending ? "_desc" : "")")
  }
}
