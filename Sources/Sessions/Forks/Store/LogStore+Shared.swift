import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

/// Events that a fork shares, to be sent to somebody who follows it from before its own.
struct SharedEvents: Sendable {
  let session: String
  /// The last place that is not wanted.
  let after: Int64
  /// The last place that is shared.
  let through: Int64
}

extension SharedEvents {
  /// What is kept of them; nil for none.
  init?(_ session: String, after: Int64, _ extent: LogExtent) {
    self.init(session: session, after: max(after, extent.oldest - 1), through: extent.shared)
    if self.after >= through { return nil }
  }
}

extension LogStore {
  /// The shared events of a fork that a feed from a position on begins with; nil for none.
  func shared(
    of session: String, _ extent: LogExtent, from start: StartPosition, in project: ProjectID
  ) async throws(RPCError) -> SharedEvents? {
    guard extent.shared > 0 else { return nil }
    let after: Int64
    switch start {
    case .now: return nil
    case .oldest: after = 0
    case .after(let position, let ordinal):
      let place = Cursor(position: position, ordinal: ordinal ?? .max)
      after = try await database { () async throws(PostgresError) in
        try await pool.read(ForkQueries.sharedPlace, ((project, session), place)).value()
      }
    }
    return SharedEvents(session, after: after, extent)
  }

  /// Events sent at once.
  private static let sharedAtOnce = 64

  /// Sends shared events, page by page as the client reads them. Throws POSITION_PRUNED when one is gone before it was sent.
  ///
  /// - Parameter journal: The journal's id.
  func send(
    _ shared: SharedEvents, matching matches: (SessionEventRow) -> Bool, in project: ProjectID,
    of journal: String, _ responses: ResponseWriter<WatchSessionResponse>, _ call: CallContext
  ) async throws(RPCError) {
    var after = shared.after
    while after < shared.through {
      try await self.journal.require(project, on: call.loop)
      let page = try await page(of: shared.session, after: after, in: project)
      guard let first = page.first, first.row.sequence == after + 1 else {
        let oldest = page.first?.row.sequence ?? shared.through + 1
        throw .eventPruned(after + 1, of: shared.session, oldest: oldest)
      }
      after = page[page.count - 1].row.sequence
      let wanted = page.filter { $0.isPublished && matches($0.row) }.map(\.row)
      let bytes = wanted.reduce(0) { $0 + ($1.body?.count ?? 0) }
      let events = try await blocking.work(on: bytes, for: call) { _ throws(RPCError) in
        var events: [SessionEvent] = []
        for row in wanted { events.append(try row.event(row.body ?? [])) }
        return events
      }
      for event in events {
        var response = WatchSessionResponse(.appended(event))
        response.journalId = journal
        try await responses.write(response)
      }
    }
  }

  private func page(
    of session: String, after: Int64, in project: ProjectID
  ) async throws(RPCError) -> [(row: SessionEventRow, isPublished: Bool)] {
    try await database { () async throws(PostgresError) in
      let found = try await pool.query(
        ForkQueries.sharedEvents, ((project, session), after, Self.sharedAtOnce, Limits.watchedBodyBytes))
      return try found.map { row, columns throws(PostgresError) in
        (try SessionEventRow(decoding: row, columns.event), try row.decode(columns.isPublished))
      }
    }
  }
}
