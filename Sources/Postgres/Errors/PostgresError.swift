/// Everything that can go wrong between a caller and PostgreSQL.
///
/// `kind` says what it means for the caller; what PostgreSQL itself said is in `server`. Map errors
/// with the classification of `PostgresError+Classification.swift`, not by their text.
@usableFromInline package struct PostgresError: Error, Sendable {
  package enum Kind: Sendable, Hashable {
    /// PostgreSQL answered with an error; `sqlState` is set.
    case server
    /// No connection could be made. Nothing was sent.
    case connectionFailed
    /// The connection broke; nothing that was sent has been, or will be, committed.
    case connectionLost
    /// The connection broke after a commit was asked for: it may or may not have happened. Decide
    /// by request id or by an id made by the server before anything is sent again.
    case outcomeUnknown
    /// No connection became free within the acquire timeout.
    case poolExhausted
    /// The pool is closing or closed.
    case poolClosed
    /// The calling task was cancelled; a running statement was cancelled with it.
    case cancelled
    /// The statement did not run because an earlier one of the same pipeline failed.
    case skipped
    /// A parameter that PostgreSQL cannot take, such as text with a NUL.
    case invalidParameter
    /// A column that does not decode as the type asked for: a programming error.
    case invalidResult
    /// A database URL or a setting that cannot be used.
    case configuration
    /// Migrations cannot be applied; the message says what to do.
    case migration
    /// The embedded cluster cannot be created, started or stopped; the message says what to do.
    case cluster
    /// The file system under the database is full.
    case storageFull
  }

  package let kind: Kind
  /// For people: what happened and, where there is something to do, what to do.
  package let message: String
  /// What PostgreSQL said, when it was PostgreSQL that said it.
  package let server: ServerMessage?

  package init(_ kind: Kind, _ message: String, server: ServerMessage? = nil) {
    self.kind = kind
    self.message = message
    self.server = server
  }

  package var sqlState: SQLState? { server?.sqlState }
}

extension PostgresError: CustomStringConvertible {
  @usableFromInline package var description: String {
    var text = message
    if let server {
      text += " (SQLSTATE \(server.sqlState)"
      if let constraint = server.constraint { text += ", constraint \(constraint)" }
      if let detail = server.detail { text += ", \(detail)" }
      if let hint = server.hint { text += ", hint: \(hint)" }
      if let context = server.context { text += ", \(context)" }
      text += ")"
    }
    return text
  }
}
