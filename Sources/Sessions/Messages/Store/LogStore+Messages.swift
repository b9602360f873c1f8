import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension LogStore {
  /// The newest messages of a session that fit: one round trip, two where none does. Throws SESSION_NOT_FOUND and
  /// SESSION_DELETED.
  func window(
    _ window: MessageWindow, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> GetMessageWindowResponse {
    let found = try await database { () async throws(PostgresError) in
      try await pool.query(MessageQueries.window, (project, window))
    }
    var response = GetMessageWindowResponse()
    response.tokenizer = TokenEstimate.name
    let rows = found.rows.prefix(window.count)
    guard let first = rows.first else {
      response.hasOlder = try await hasMessages(window.session, in: project)
      return response
    }
    let bytes = rows.reduce(0) { sum, row in
      row.withBytes(found.columns.event.body) { sum + ($0?.count ?? 0) }
    }
    let filled = response
    return try await blocking.work(on: bytes, for: call) { _ throws(RPCError) in
      var response = filled
      let looked = try database { () throws(PostgresError) in try first.decode(found.columns.found) }
      response.hasOlder = looked > rows.count
      for row in rows {
        let (stored, tokens) = try database { () throws(PostgresError) in
          (
            try SessionEventRow(decoding: row, found.columns.event),
            try row.decode(found.columns.tokens)
          )
        }
        response.messages.append(try stored.event(stored.body ?? []))
        response.tokenCount += Int64(tokens)
      }
      response.messages.reverse()
      return response
    }
  }

  private func hasMessages(_ session: String, in project: ProjectID) async throws(RPCError) -> Bool {
    let found = try await database { () async throws(PostgresError) -> (Bool, Bool)? in
      let found = try await pool.lookup(MessageQueries.any, (project, session))
      return try found.rows.first.map { row throws(PostgresError) in
        (try row.decode(found.columns.isDeleted), try row.decode(found.columns.hasMessages))
      }
    }
    guard let (isDeleted, hasMessages) = found else { throw .sessionNotFound(session) }
    if isDeleted { throw .sessionDeleted(session) }
    return hasMessages
  }
}
