import CLibpq
import Glibc

/// The field codes of `PQresultErrorField` (postgres_ext.h has them as character constants, which
/// are not imported).
private enum Field {
  static let severity = Int32(UInt8(ascii: "V"))
  static let sqlState = Int32(UInt8(ascii: "C"))
  static let message = Int32(UInt8(ascii: "M"))
  static let detail = Int32(UInt8(ascii: "D"))
  static let hint = Int32(UInt8(ascii: "H"))
  static let context = Int32(UInt8(ascii: "W"))
  static let schema = Int32(UInt8(ascii: "s"))
  static let table = Int32(UInt8(ascii: "t"))
  static let column = Int32(UInt8(ascii: "c"))
  static let constraint = Int32(UInt8(ascii: "n"))
}

/// Most bytes that are kept of a field: details quote values, which may be large.
private let fieldLimit = 1_000

private func bounded(_ text: UnsafePointer<CChar>) -> String {
  let length = strnlen(text, fieldLimit + 1)
  if length <= fieldLimit { return String(cString: text) }
  return text.withMemoryRebound(to: UInt8.self, capacity: fieldLimit) {
    String(decoding: UnsafeBufferPointer(start: $0, count: fieldLimit), as: UTF8.self) + "…"
  }
}

extension ServerMessage {
  /// The error or notice in a result; `nil` when libpq made it up itself, as for a lost connection.
  convenience init?(_ result: OpaquePointer) {
    func field(_ code: Int32) -> String? {
      PQresultErrorField(result, code).map { bounded($0) }
    }
    guard let code = PQresultErrorField(result, Field.sqlState), let state = SQLState(code) else {
      return nil
    }
    self.init(
      severity: field(Field.severity) ?? "ERROR", sqlState: state, message: field(Field.message) ?? "",
      detail: field(Field.detail), hint: field(Field.hint), schema: field(Field.schema),
      table: field(Field.table), column: field(Field.column), constraint: field(Field.constraint),
      context: field(Field.context))
  }
}

extension PostgresError {
  /// The error in a result.
  init(_ result: OpaquePointer, statement: String) {
    if let server = ServerMessage(result) {
      self.init(.server, "\(statement): \(server.message)", server: server)
    } else {
      self.init(.connectionLost, "\(statement): \(Self.text(PQresultErrorMessage(result)))")
    }
  }

  /// libpq's message without the line break at its end.
  static func text(_ message: UnsafePointer<CChar>?) -> String {
    guard let message else { return "" }
    var text = bounded(message)
    while text.last?.isNewline == true { text.removeLast() }
    return text
  }
}
