import Postgres

/// A column of the key of a versioned kind, after `project_id`.
package struct KeyColumn: Sendable, Hashable {
  package enum Format: String, Sendable {
    case text, smallint
    case timestamp = "timestamptz"
  }

  package let name: String
  package let format: Format

  package init(_ name: String, _ format: Format = .text) {
    self.name = name
    self.format = format
  }

  /// The values of a column of rows, as the parameter of a statement that takes one for each row.
  func values(_ rows: [Row], at column: Int) throws(PostgresError) -> any PostgresValue {
    switch format {
    case .text: try Self.decoded(rows, column, as: String.self)
    case .smallint: try Self.decoded(rows, column, as: Int16.self)
    case .timestamp: try Self.decoded(rows, column, as: PostgresTimestamp.self)
    }
  }

  private static func decoded<T: PostgresArrayElement>(
    _ rows: [Row], _ column: Int, as _: T.Type
  ) throws(PostgresError) -> [T] {
    var values: [T] = []
    for row in rows { values.append(try row.decode(column)) }
    return values
  }
}

/// A column of a versioned kind that is neither part of a key nor `version` or `position`, and what becomes of it when
/// a former state is written back.
package struct VersionedColumn: Sendable, Hashable {
  package enum Rule: Sendable {
    /// Gets the former value.
    case value
    /// Gets what the rule of its name makes of the former value; a difference counts as one.
    case computed
    /// Gets what the rule of its name says when a resource becomes deleted, or lives again. A restoration leaves it.
    case deletion
    /// The time of the last change.
    case updateTime
    /// Stays, as the time of creation does.
    case kept
    /// Only the present row has it; gets what the rule of its name says.
    case apart
    /// Only the present row has it, and nothing here changes it.
    case excluded
  }

  package let name: String
  package let rule: Rule

  package init(_ name: String, _ rule: Rule) {
    self.name = name
    self.rule = rule
  }

  var isInHistory: Bool {
    switch rule {
    case .apart, .excluded: false
    default: true
    }
  }

  /// Whether a resource with another value of it is a different one.
  var isCompared: Bool {
    switch rule {
    case .value, .computed: true
    default: false
    }
  }
}

extension [VersionedColumn] {
  package static func values(_ names: String...) -> [VersionedColumn] {
    names.map { VersionedColumn($0, .value) }
  }
}
