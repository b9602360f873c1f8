/// An error or notice of the server with its fields.
package final class ServerMessage: Sendable {
  package let severity: String
  package let sqlState: SQLState
  package let message: String
  package let detail: String?
  package let hint: String?
  package let schema: String?
  package let table: String?
  package let column: String?
  package let constraint: String?
  package let context: String?

  package init(
    severity: String, sqlState: SQLState, message: String, detail: String? = nil, hint: String? = nil,
    schema: String? = nil, table: String? = nil, column: String? = nil, constraint: String? = nil,
    context: String? = nil
  ) {
    self.severity = severity
    self.sqlState = sqlState
    self.message = message
    self.detail = detail
    self.hint = hint
    self.schema = schema
    self.table = table
    self.column = column
    self.constraint = constraint
    self.context = context
  }

  /// Whether the server closes the connection after it.
  package var endsConnection: Bool { severity == "FATAL" || severity == "PANIC" }
}
