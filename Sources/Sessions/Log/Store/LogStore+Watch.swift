import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension LogStore {
  /// Where a watch starts: in the session's own events, with what a fork sends before these. Throws SESSION_NOT_FOUND,
  /// SESSION_DELETED, POSITION_PRUNED and POSITION_IN_FUTURE.
  func start(
    of watch: LogWatch, in project: ProjectID
  ) async throws(RPCError) -> (feed: WatchStart, shared: SharedEvents?) {
    guard let session = watch.session else { return (watch.start, nil) }
    let extent = try await extent(of: session, event: watch.afterSequence, in: project)
    guard let sequence = watch.afterSequence else {
      return (watch.start, try await shared(of: session, extent, from: watch.start.position, in: project))
    }
    let start = try extent.start(after: sequence, of: session)
    let shared = SharedEvents(session, after: sequence, extent)
    return (
      WatchStart(position: shared == nil ? start : .oldest, journal: watch.start.journal), shared
    )
  }

  /// The responses to elements of the feed, for as many as are not too much to hold at once; with the number of elements
  /// that they are for. Throws POSITION_PRUNED when an event is gone before it was sent.
  func responses(
    to elements: ArraySlice<FeedElement<SessionEventRow>>, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> (responses: [WatchSessionResponse], taken: Int) {
    let rows = elements.compactMap(\.row)
    let bodies = try await bodies(of: rows, in: project)
    let bytes = zip(rows, bodies).reduce(0) { $0 + ($1.0.body == nil ? $1.1.count : 0) }
    let events = try await blocking.work(on: bytes, for: call) { _ throws(RPCError) in
      var events: [SessionEvent] = []
      for (row, body) in zip(rows, bodies) { events.append(try row.event(body)) }
      return events
    }
    return WatchSessionResponse.answers(to: elements, whenFound: events.count) { place, _ in
      WatchSessionResponse(.appended(events[place]))
    }
  }

  /// The bodies of the first of some events: of all, or of those before one that is looked up next.
  private func bodies(
    of rows: [SessionEventRow], in project: ProjectID
  ) async throws(RPCError) -> [[UInt8]] {
    let wanted = rows.filter { $0.body == nil }
    if wanted.isEmpty { return rows.compactMap(\.body) }
    var found = try await shared(wanted, in: project)[...]
    if found.isEmpty { throw .eventGone(wanted[0]) }
    var bodies: [[UInt8]] = []
    for row in rows {
      guard let body = row.body ?? found.popFirst() else { break }
      bodies.append(body)
    }
    return bodies
  }

  /// Looked up once for all watchers of a loop that want the same.
  private func shared(
    _ rows: [SessionEventRow], in project: ProjectID
  ) async throws(RPCError) -> [[UInt8]] {
    guard let shared = bodies.ofCurrentTask else { return try await stored(rows, in: project) }
    return try await shared.value(for: rows.map { EventPlace($0) }) { () async throws(RPCError) in
      try await stored(rows, in: project)
    }
  }

  /// Those of the first events without one that is missing or too much; none when the first is missing.
  private func stored(
    _ rows: [SessionEventRow], in project: ProjectID
  ) async throws(RPCError) -> [[UInt8]] {
    try await database { () async throws(PostgresError) in
      let found = try await pool.read(LogQueries.bodies, (project, rows, Limits.watchedBodyBytes))
      var bodies: [[UInt8]] = []
      for row in found.rows {
        guard try row.decode(found.columns.place) == bodies.count + 1 else { break }
        bodies.append(try row.decode(found.columns.body))
      }
      return bodies
    }
  }
}

extension WatchSessionResponse: WatchResponse {}
extension WatchSessionResponse.Event: WatchEvent {}

extension RPCError {
  fileprivate static func eventGone(_ row: SessionEventRow) -> RPCError {
    RPCError(
      .outOfRange, .positionPruned, about: .session(row.session.text),
      "event \(row.sequence) of session \(row.session.text.quoted) is no longer kept",
      ["id": row.session.text, "position": String(row.position), "sequence": String(row.sequence)])
  }
}
