import CairnAPI
import GRPC
import Postgres

/// What the client is told about an error of the database. The only place that decides it.
extension RPCError: PostgresErrorConvertible {
  @usableFromInline package init(_ error: PostgresError) {
    self = Self.ofResources(error) ?? Self.ofStatement(error)
  }

  /// The database cannot be reached, or has no room.
  private static func ofResources(_ error: PostgresError) -> RPCError? {
    if error.isStorageFull {
      return RPCError(
        .unavailable, .storageFull, "the database has no space left on its disk", retryAfter: .seconds(5))
    }
    if error.isOutcomeUnknown {
      return RPCError(
        .unavailable, .outcomeUnknown,
        "the connection to the database was lost during the commit: the write may or may not be stored")
    }
    if error.isPoolExhausted {
      return RPCError(
        .resourceExhausted, .poolExhausted, "no database connection became free in time",
        retryAfter: .milliseconds(100))
    }
    if error.isConnectionFailure {
      return RPCError(
        .unavailable, .databaseUnavailable, "the database cannot be reached", retryAfter: .seconds(1))
    }
    return nil
  }

  /// The database answered, but not with what was asked for.
  private static func ofStatement(_ error: PostgresError) -> RPCError {
    if error.isCancelled { return RPCError(.cancelled, .callCancelled, "the call was cancelled") }
    if error.isStatementTimeout {
      return RPCError(
        .deadlineExceeded, .statementTimeout, "a statement ran longer than the server allows")
    }
    if error.isLockTimeout {
      return RPCError(
        .aborted, .contention, "the call waited too long for a lock that another one holds; try again",
        retryAfter: .milliseconds(50))
    }
    if error.isSerializationFailure || error.isPartitionMoved {
      return RPCError(
        .aborted, .contention, "the write lost against concurrent ones; try again",
        retryAfter: .milliseconds(50))
    }
    switch error.kind {
    case .invalidParameter: return RPCError(.invalidArgument, .fieldInvalid, error.message)
    default: break
    }
    let constraint = error.server?.constraint ?? ""
    switch error.sqlState {
    case .uniqueViolation?:
      return RPCError(.alreadyExists, .internal, "it exists already", ["constraint": constraint])
    case .foreignKeyViolation?:
      return RPCError(
        .failedPrecondition, .internal, "what it refers to does not exist", ["constraint": constraint])
    case .checkViolation?, .notNullViolation?, .exclusionViolation?:
      return RPCError(
        .invalidArgument, .fieldInvalid, "a value breaks a rule of the database", ["constraint": constraint])
    case let state? where state.classCode == "22":
      // Data exceptions: text with a NUL, a number out of range, JSON that is none.
      let number = DatabaseFaults.report(error)
      return RPCError(
        .invalidArgument, .fieldInvalid,
        "the database cannot take a value of the request; the server's log says more under \(number)",
        ["error": number])
    default:
      let number = DatabaseFaults.report(error)
      return RPCError(
        .internal, .internal,
        "the database could not do what was asked; the server's log says more under \(number)",
        ["error": number])
    }
  }
}

extension PostgresError {
  /// The row was on its way to the default partition while the right one was attached: a check violation
  /// without a constraint. It finds the right one next time.
  fileprivate var isPartitionMoved: Bool { sqlState == .checkViolation && server?.constraint == nil }
}
