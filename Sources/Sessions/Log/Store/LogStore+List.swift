import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension LogStore {
  /// One page of a session's log: one round trip, an answer of bounded size. Throws SESSION_NOT_FOUND, SESSION_DELETED and
  /// POSITION_PRUNED.
  func list(
    _ list: EventList, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> ListEventsResponse {
    let page = try await database { () async throws(PostgresError) in
      let found = try await pool.query(LogQueries.list, LogQueries.page(list, in: project))
      return EventPage(rows: found.rows, columns: found.columns)
    }
    return try await blocking.work(on: page.bytes, for: call) { _ throws(RPCError) in
      try page.response(to: list)
    }
  }

  /// The newest events of a session, the oldest of them first: no more than fit into an answer together with the session.
  func recent(
    _ session: Session, count: Int, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> [SessionEvent] {
    let room = Limits.answerBytes - session.serializedBytes().count
    let page = try await database { () async throws(PostgresError) in
      let found = try await pool.query(LogQueries.recent, ((project, session.id), count, room))
      return RecentEvents(rows: found.rows, columns: found.columns)
    }
    return try await blocking.work(on: page.bytes, for: call) { _ throws(RPCError) in try page.events() }
  }

  /// How far a session's log is, and where one of its events stands. Throws SESSION_NOT_FOUND and SESSION_DELETED.
  func extent(
    of session: String, event sequence: Int64?, in project: ProjectID
  ) async throws(RPCError) -> LogExtent {
    let extent = try await database { () async throws(PostgresError) -> LogExtent? in
      let found = try await pool.lookup(LogQueries.find, ((project, session), sequence))
      return try found.rows.first.map { row throws(PostgresError) in
        try LogExtent(decoding: row, found.columns)
      }
    }
    guard let extent else { throw .sessionNotFound(session) }
    if extent.isDeleted { throw .sessionDeleted(session) }
    return extent
  }
}

extension LogExtent {
  fileprivate init(decoding row: Row, _ columns: LogQueries.ExtentColumns) throws(PostgresError) {
    let position = try row.decode(columns.position)
    let ordinal = try row.decode(columns.ordinal)
    self.init(
      last: try row.decode(columns.lastSequence), oldest: try row.decode(columns.oldestSequence),
      isDeleted: try row.decode(columns.isDeleted),
      shared: try row.decode(columns.sharedSequence),
      event: position.flatMap { position in ordinal.map { Cursor(position: position, ordinal: $0) } })
  }
}

/// What was read of a page, not yet decoded.
private struct EventPage: Sendable {
  let rows: Rows
  let columns: LogQueries.ListColumns

  /// Bytes that decoding takes time for.
  var bytes: Int { rows.bytes(of: columns.event.body) }

  func response(to list: EventList) throws(RPCError) -> ListEventsResponse {
    guard let first = rows.first else { throw .sessionNotFound(list.session) }
    var response = ListEventsResponse()
    let (isDeleted, total) = try database { () throws(PostgresError) -> (Bool, Int?) in
      response.lastSequence = try first.decode(columns.lastSequence)
      response.oldestSequence = try first.decode(columns.oldestSequence)
      return (try first.decode(columns.isDeleted), try first.decode(columns.total))
    }
    if isDeleted { throw .sessionDeleted(list.session) }
    try list.check(oldest: response.oldestSequence)
    let edge = list.edge(oldest: response.oldestSequence, last: response.lastSequence)
    if response.lastSequence == 0 { response.oldestSequence = 0 }
    // Without a total the only row has no event.
    if total != nil { response.events = try rows.prefix(list.pageSize).events(columns.event) }
    if let total, let last = response.events.last, response.events.count < total {
      response.nextPageToken = list.nextPageToken(after: last.sequence)
    } else if let edge {
      response.nextPageToken = list.nextPageToken(after: edge)
    }
    return response
  }
}

/// What was read of a log's end, not yet decoded.
private struct RecentEvents: Sendable {
  let rows: Rows
  let columns: SessionEventRow.Columns

  var bytes: Int { rows.bytes(of: columns.body) }

  func events() throws(RPCError) -> [SessionEvent] { try rows[...].events(columns) }
}

extension Rows {
  /// How long the values of a column are together.
  func bytes(of column: Column<[UInt8]?>) -> Int {
    reduce(0) { sum, row in row.withBytes(column) { sum + ($0?.count ?? 0) } }
  }
}

extension Slice<Rows> {
  fileprivate func events(_ columns: SessionEventRow.Columns) throws(RPCError) -> [SessionEvent] {
    var events: [SessionEvent] = []
    events.reserveCapacity(count)
    for row in self {
      let stored = try database { () throws(PostgresError) in try SessionEventRow(decoding: row, columns) }
      events.append(try stored.event(stored.body ?? []))
    }
    return events
  }
}
