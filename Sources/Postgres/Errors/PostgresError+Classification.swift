/// What an error means for the caller.
extension PostgresError {
  /// The database cannot be reached or is starting or stopping: UNAVAILABLE.
  package var isConnectionFailure: Bool {
    switch kind {
    case .connectionFailed, .connectionLost, .poolClosed: return true
    case .server: return server.map(Self.saysUnavailable) ?? false
    default: return false
    }
  }

  /// Doing the same again, from the start, may succeed and can do no harm: nothing was committed.
  package var isRetryable: Bool {
    isSerializationFailure || isStalePlan || isStaleSession || isConnectionFailure
  }

  /// Lost against a concurrent transaction: 40001 or a deadlock.
  package var isSerializationFailure: Bool {
    sqlState == .serializationFailure || sqlState == .deadlockDetected
  }

  /// The commit may or may not have happened.
  package var isOutcomeUnknown: Bool { kind == .outcomeUnknown }

  package var isPoolExhausted: Bool { kind == .poolExhausted || sqlState == .tooManyConnections }

  /// The file system of the database is full: UNAVAILABLE with reason STORAGE_FULL.
  package var isStorageFull: Bool { kind == .storageFull || sqlState == .diskFull }

  /// The caller's task was cancelled.
  package var isCancelled: Bool { kind == .cancelled }

  /// `statement_timeout` ended the statement.
  package var isStatementTimeout: Bool { kind == .server && sqlState == .queryCanceled }

  /// `lock_timeout` or NOWAIT ended the wait for a lock.
  package var isLockTimeout: Bool { sqlState == .lockNotAvailable }

  /// A unique key, and that of `constraint` when it is given, exists already.
  package func isUniqueViolation(_ constraint: String? = nil) -> Bool {
    isConstraintViolation(.uniqueViolation, of: constraint)
  }

  package func isForeignKeyViolation(_ constraint: String? = nil) -> Bool {
    isConstraintViolation(.foreignKeyViolation, of: constraint)
  }

  package func isCheckViolation(_ constraint: String? = nil) -> Bool {
    isConstraintViolation(.checkViolation, of: constraint)
  }

  private func isConstraintViolation(_ state: SQLState, of constraint: String?) -> Bool {
    sqlState == state && (constraint == nil || server?.constraint == constraint)
  }

  /// A prepared statement that the server no longer has or whose result type changed.
  package var isStalePlan: Bool {
    guard let server else { return false }
    if server.sqlState == .invalidStatementName { return true }
    return server.sqlState == .cachedPlanChanged && server.message.contains("cached plan")
  }

  /// The session remembers something of the schema that was changed since, as plans of PL/pgSQL functions do: a new
  /// session does not. Or the statement is wrong, which the second attempt shows.
  package var isStaleSession: Bool {
    guard let server else { return false }
    switch server.sqlState {
    case .datatypeMismatch: return true
    case .internalError:
      return server.message.hasPrefix("cache lookup failed")
        || server.message.hasPrefix("could not open relation")
    default: return false
    }
  }

  private static func saysUnavailable(_ server: ServerMessage) -> Bool {
    switch server.sqlState {
    case .adminShutdown, .crashShutdown, .cannotConnectNow, .idleSessionTimeout: return true
    default: return server.endsConnection || server.sqlState.classCode == "08"
    }
  }
}

/// An error type that can stand for a database error, so that a transaction's body and the
/// transaction itself throw one type.
package protocol PostgresErrorConvertible: Error {
  init(_ error: PostgresError)
}

extension PostgresError: PostgresErrorConvertible {
  package init(_ error: PostgresError) { self = error }
}
