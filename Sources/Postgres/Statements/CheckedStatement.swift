/// A statement whose names a test compares with what the server says of it. Each module has a list of all of its own.
package protocol CheckedStatement: Sendable {
  var statement: Statement { get }
  /// Of `$1`, `$2`, …, as they are declared.
  var parameterTypes: [PostgresType] { get }
  /// What is wrong with the text: names that are not declared, or not used, or of no fragment.
  var problems: [String] { get }
  /// What is wrong with the columns of a result.
  func problems(with columns: [ResultColumn]) -> [String]
}
