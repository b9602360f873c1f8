import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// What was appended, and what became of the session.
struct Appended: Sendable {
  /// The place of the last event.
  let lastSequence: Int64
  /// Nil when the caller only asked.
  let stamp: Stamp?
  let state: SessionState
  /// Nil when it lives for ever, and when only the write would give it.
  let expireTime: WellKnown.Timestamp?
}

extension Appended {
  init(_ written: SessionWritten) {
    self.init(
      lastSequence: written.lastSequence, stamp: written.stamp, state: written.session.state,
      expireTime: written.session.expireTime)
  }
}

extension Appended {
  /// The row of `append_to_logs`.
  fileprivate init(_ row: Row, _ columns: LogQueries.SharedColumns) throws(PostgresError) {
    self.init(
      lastSequence: try row.decode(columns.sequence), stamp: try Stamp(decoding: row, columns.stamp),
      state: SessionState(rawValue: try row.decode(columns.state)),
      expireTime: try row.decode(columns.expireTime).map { WellKnown.Timestamp($0) })
  }
}

extension LogStore {
  /// Appends events, all or none of them. Where they change nothing but the log: one round trip, and appends that wait at the
  /// same moment share a transaction, those of single events to whatever sessions, others to one session. Otherwise, and with
  /// a request id, whose answer is kept: two. What only the first of these finds out, that others have locked the session,
  /// that it refuses, or makes a checkpoint of its own, takes one more.
  ///
  /// Throws SESSION_NOT_FOUND, and what ``LogAppend/step(on:)`` throws.
  ///
  /// - Parameter call: Waits while much is written down on another thread; nil: it is written down here.
  func append(
    _ append: LogAppend, in scope: CallScope, for call: CallContext? = nil
  ) async throws(RPCError) -> Appended {
    if !append.changesSession, scope.request == nil {
      if let shared = SharedAppend(append, in: scope), let appended = try await appendShared(shared) {
        return appended
      }
      if let appended = try await appendAlone(append, in: scope, for: call) { return appended }
    }
    let written = try await sessions.write(append.session, looking: .recentEffects, in: scope) {
      stored throws(RPCError) in try append.step(on: stored)
    }
    return Appended(written)
  }

  /// Nil when it has to be made by itself.
  private func appendShared(_ append: SharedAppend) async throws(RPCError) -> Appended? {
    let found = try await journal.appendTogether(
      LogQueries.appendShared, append, to: RowKey(.session, append.session), in: append.scope)
    return try database { () throws(PostgresError) in try found?.map(Appended.init).first }
  }

  /// Nil when the session would change with them, too.
  private func appendAlone(
    _ append: LogAppend, in scope: CallScope, for call: CallContext?
  ) async throws(RPCError) -> Appended? {
    let head = LogHead(
      RowKey(.session, append.session),
      lock: SessionQueries.lockHeads.bind((scope.project, [append.session])))
    let result = try await journal.create(
      in: scope, keys: .next(head), write: try await statement(append, in: scope, for: call), answer: { [] })
    guard case .written(let rows) = result else { preconditionFailure("it has no request id") }
    let outcome = try database { () throws(PostgresError) in
      let found = try LogQueries.appendAlone.results(rows)
      return try AppendOutcome(decoding: try found.rows.only(), found.columns, to: append.session)
    }
    switch outcome {
    case .appended(let appended):
      if scope.effect == .kept { return appended }
      return Appended(
        lastSequence: appended.lastSequence, stamp: nil, state: appended.state,
        expireTime: append.keepsExpireTime ? appended.expireTime : nil)
    case .refused(nil): throw .sessionNotFound(append.session)
    case .refused(let stored?):
      _ = try append.step(on: stored)
      return nil
    }
  }

  /// With the bytes of its events, which may be megabytes.
  private func statement(
    _ append: LogAppend, in scope: CallScope, for call: CallContext?
  ) async throws(RPCError) -> BoundStatement {
    guard let call else { return LogQueries.appendAlone.bind((scope, append)) }
    return try await blocking.work(on: append.events.readBytes, for: call) { _ throws(RPCError) in
      LogQueries.appendAlone.bind((scope, append))
    }
  }
}

/// The row of `append_to_log`.
private enum AppendOutcome {
  case appended(Appended)
  /// With what of the session decides it; nil when there is none.
  case refused(StoredSession?)

  init(decoding row: Row, _ columns: LogQueries.AppendColumns, to id: String) throws(PostgresError) {
    let stamp = try Stamp(decoding: row, columns.stamp)
    guard let state = try row.decode(columns.state), let last = try row.decode(columns.lastSequence) else {
      self = .refused(nil)
      return
    }
    let expireTime = try row.decode(columns.expireTime).map { WellKnown.Timestamp($0) }
    if try row.decode(columns.isAppended) {
      self = .appended(
        Appended(
          lastSequence: last, stamp: stamp, state: SessionState(rawValue: state), expireTime: expireTime))
      return
    }
    var session = Session()
    session.id = id
    session.state = SessionState(rawValue: state)
    session.deleteTime = try row.decode(columns.deleteTime).map { WellKnown.Timestamp($0) }
    session.expireTime = expireTime
    session.agents = try row.decode(columns.agents) ?? []
    session.lastSequence = last
    session.maxEvents = try row.decode(columns.maxEvents) ?? 0
    self = .refused(StoredSession(session: session, now: stamp.at))
  }
}
