import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// A session as it is stored: read, or locked by the write that decides about it.
struct StoredSession: Sendable {
  let session: Session
  /// The database's clock when it was read.
  let now: PostgresTimestamp
  /// What followed from its last events, the newest first; empty unless it was looked up for a checkpoint.
  var recent: [EventEffect] = []

  /// Throws SESSION_DELETED, SESSION_ENDED or SESSION_EXPIRED.
  func checkOpen() throws(RPCError) {
    try checkThere()
    if session.state == .completed { throw .sessionEnded(session.id) }
    if let time = session.expireTime, PostgresTimestamp(time) <= now {
      throw .sessionExpired(session.id, at: time)
    }
  }

  /// Throws SESSION_DELETED.
  func checkThere() throws(RPCError) {
    if session.deleteTime != nil { throw .sessionDeleted(session.id) }
  }

  /// Throws NOT_A_MEMBER.
  ///
  /// - Parameter agent: Empty for nobody in particular.
  func checkMember(_ agent: String) throws(RPCError) {
    if !agent.isEmpty, session.place(of: agent) == nil { throw .notAMember(session.id, agent) }
  }

  /// Throws ETAG_MISMATCH.
  ///
  /// - Parameter etag: Empty for any.
  func check(etag: String) throws(RPCError) {
    if !etag.isEmpty, etag != session.etag {
      throw .etagMismatch(.session(session.id), given: etag, current: session.etag)
    }
  }
}

extension Session {
  /// Where an agent stands among those who take part, by its bytes; nil when it does not.
  func place(of agent: String) -> Int? { agents.firstIndex { $0.hasSameBytes(as: agent) } }
}
