import CLibpq

/// A connection that blocks its thread: for start-up work such as migrations and making a cluster's
/// roles. Never on a loop.
package final class BlockingConnection {
  private let handle: OpaquePointer

  /// Connects. Throws `connectionFailed`, or `configuration` when `url` is no connection string.
  package init(url: String, timeout: Duration = .seconds(10)) throws(PostgresError) {
    var target = try ConnectionString(url)
    target.addDefaults()
    if target["connect_timeout"] == nil {
      target["connect_timeout"] = String(max(2, timeout.components.seconds))
    }
    guard let handle = target.withParameters({ PQconnectdbParams($0, $1, 0) }) else {
      throw PostgresError(.connectionFailed, "out of memory for a connection")
    }
    guard PQstatus(handle) == CONNECTION_OK else {
      let reason = PostgresError.text(PQerrorMessage(handle))
      PQfinish(handle)
      throw PostgresError(.connectionFailed, reason)
    }
    // Notices such as "relation exists, skipping" are of no use here; the default prints them.
    PQsetNoticeReceiver(handle, { _, _ in }, nil)
    self.handle = handle
  }

  deinit { PQfinish(handle) }

  /// The major version of the server, such as 15.
  package var serverMajorVersion: Int { Int(PQserverVersion(handle)) / 10000 }

  /// Runs a script of any number of statements; without BEGIN they are one transaction.
  package func execute(_ script: String) throws(PostgresError) {
    guard let result = PQexec(handle, script) else { throw lost }
    try check(result, of: "script")
    PQclear(result)
  }

  /// Runs one statement.
  @discardableResult
  package func query(
    _ sql: String, _ parameters: [any PostgresValue] = []
  ) throws(PostgresError) -> Rows {
    let buffer = ParameterBuffer()
    try buffer.fill(parameters)
    let sent = buffer.withPointers {
      PQexecParams(
        handle, sql, Int32(parameters.count), buffer.types, $0, buffer.lengths, buffer.formats, 1)
    }
    guard let result = sent else { throw lost }
    try check(result, of: "query")
    return Rows(result)
  }

  /// A name as SQL writes it.
  package static func quoted(_ identifier: String) -> String {
    var quoted = "\""
    for character in identifier { quoted += character == "\"" ? "\"\"" : String(character) }
    return quoted + "\""
  }

  private func check(_ result: OpaquePointer, of what: String) throws(PostgresError) {
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: return
    default:
      let error = PostgresError(result, statement: what)
      PQclear(result)
      throw error
    }
  }

  private var lost: PostgresError {
    PostgresError(.connectionLost, PostgresError.text(PQerrorMessage(handle)))
  }
}
