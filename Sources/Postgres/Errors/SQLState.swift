/// A five-character SQLSTATE (PostgreSQL documentation, appendix A), kept in one word.
package struct SQLState: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The five ASCII characters, the first one in the highest of five bytes.
  package let code: UInt64

  package init(stringLiteral text: StaticString) {
    precondition(text.utf8CodeUnitCount == 5, "an SQLSTATE has five characters")
    code = (0..<5).reduce(0) { $0 << 8 | UInt64(text.utf8Start[$1]) }
  }

  init?(_ text: UnsafePointer<CChar>) {
    var code: UInt64 = 0
    for index in 0..<5 {
      guard text[index] != 0 else { return nil }
      code = code << 8 | UInt64(UInt8(bitPattern: text[index]))
    }
    self.code = code
  }

  /// The first two characters, which name the class of the condition.
  package var classCode: String { String(description.prefix(2)) }

  package var description: String {
    String(decoding: (0..<5).map { UInt8(truncatingIfNeeded: code >> (8 * (4 - $0))) }, as: UTF8.self)
  }

  package static let notNullViolation: SQLState = "23502"
  package static let foreignKeyViolation: SQLState = "23503"
  package static let uniqueViolation: SQLState = "23505"
  package static let checkViolation: SQLState = "23514"
  package static let exclusionViolation: SQLState = "23P01"
  package static let invalidStatementName: SQLState = "26000"
  package static let cachedPlanChanged: SQLState = "0A000"
  package static let inFailedTransaction: SQLState = "25P02"
  package static let serializationFailure: SQLState = "40001"
  package static let deadlockDetected: SQLState = "40P01"
  package static let diskFull: SQLState = "53100"
  package static let outOfMemory: SQLState = "53200"
  package static let tooManyConnections: SQLState = "53300"
  package static let lockNotAvailable: SQLState = "55P03"
  package static let queryCanceled: SQLState = "57014"
  package static let adminShutdown: SQLState = "57P01"
  package static let crashShutdown: SQLState = "57P02"
  package static let cannotConnectNow: SQLState = "57P03"
  package static let idleSessionTimeout: SQLState = "57P05"
  package static let datatypeMismatch: SQLState = "42804"
  package static let internalError: SQLState = "XX000"
  package static let undefinedTable: SQLState = "42P01"
}
