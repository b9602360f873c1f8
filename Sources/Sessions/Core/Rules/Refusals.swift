import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension ResourceName {
  static func session(_ id: String) -> ResourceName { ResourceName(Session.self, "session", id) }
}

/// The errors of this domain, each made in one place.
extension RPCError {
  /// There is none, or it belongs to another project: the caller must not learn which.
  static func sessionNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .sessionNotFound, about: .session(id), "no session \(id.quoted) in this project")
  }

  static func sessionDeleted(_ id: String) -> RPCError {
    RPCError(.notFound, .sessionDeleted, about: .session(id), "session \(id.quoted) is deleted")
  }

  static func sessionExists(_ id: String) -> RPCError {
    RPCError(
      .alreadyExists, .sessionExists, about: .session(id),
      "a session \(id.quoted) exists already, or was deleted and keeps its id")
  }

  static func sessionExpired(_ id: String, at time: WellKnown.Timestamp) -> RPCError {
    let text = TimestampText.format(seconds: time.seconds, nanos: time.nanos) ?? ""
    return RPCError(
      .failedPrecondition, .sessionExpired, about: .session(id), "session \(id.quoted) expired at \(text)",
      ["id": id, "expire_time": text])
  }

  static func sessionEnded(_ id: String) -> RPCError {
    RPCError(.failedPrecondition, .sessionEnded, about: .session(id), "session \(id.quoted) has ended")
  }

  static func sessionStateMismatch(_ id: String, _ state: SessionState) -> RPCError {
    let text = state.text
    return RPCError(
      .failedPrecondition, .sessionStateMismatch, about: .session(id),
      "session \(id.quoted) is \(text), not in the state that the event says", ["id": id, "state": text])
  }

  static func sessionHeadMismatch(_ id: String, last: Int64) -> RPCError {
    RPCError(
      .aborted, .sessionHeadMismatch, about: .session(id),
      "the last event of session \(id.quoted) has the sequence number \(last), not the one expected",
      ["id": id, "last_sequence": String(last)])
  }

  static func sessionFull(_ id: String, limit: Int64) -> RPCError {
    RPCError(
      .resourceExhausted, .sessionFull, about: .session(id),
      "session \(id.quoted) may have at most \(limit) events", ["id": id, "limit": String(limit)])
  }

  static func tooManyAgents(_ id: String) -> RPCError {
    RPCError(
      .failedPrecondition, .sessionFull, about: .session(id),
      "\(Limits.agentCount) agents take part in session \(id.quoted) already",
      ["id": id, "limit": String(Limits.agentCount)])
  }

  static func forkTooDeep(_ id: String) -> RPCError {
    RPCError(
      .failedPrecondition, .forkTooDeep, about: .session(id),
      "a fork of session \(id.quoted) would share the history of more than \(Limits.forkDepth) sessions",
      ["id": id, "limit": String(Limits.forkDepth)])
  }

  static func notAMember(_ id: String, _ agent: String) -> RPCError {
    RPCError(
      .failedPrecondition, .notAMember, about: .session(id),
      "agent \(agent.quoted) takes no part in session \(id.quoted): it can join", ["id": id, "agent": agent])
  }
}

extension SessionState {
  /// As errors say it.
  var text: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .working: "WORKING"
    case .broken: "BROKEN"
    case .coordinating: "COORDINATING"
    case .completed: "COMPLETED"
    case .unrecognized(let number): String(number)
    }
  }
}
