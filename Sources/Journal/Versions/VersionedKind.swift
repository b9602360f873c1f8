import Postgres

/// The description of a kind of resource that keeps its versions: a table with the present row of each, one with the rows
/// that were superseded, valid in positions from `from_position` to just before `position`, and what identifies them.
///
/// Superseding, restoring, the state at a position, write-backs and differences come from it, as statements that are
/// composed once. Nothing that a client sends becomes part of their text. A domain makes its descriptions in `static let`s
/// and hands them to ``Journal/register(_:)``; code that works on all kinds knows only these. See docs/journal.md.
package struct VersionedKind: Sendable {
  /// Names of tables; the present rows have `version` and `position`, the former ones `from_position`, too.
  package struct Tables: Sendable {
    let current: String
    let history: String
    /// A view of the former rows, where the table does not have them whole.
    let past: String
    /// Whether the table keeps what is changed by itself, as by a trigger.
    let keepsHistory: Bool

    package init(_ current: String, history: String, past: String? = nil, keepsHistory: Bool = false) {
      self.current = current
      self.history = history
      self.past = past ?? history
      self.keepsHistory = keepsHistory
    }
  }

  /// How a resource of the kind goes.
  package enum Deletion: Sendable {
    /// The row stays, with a `delete_time`.
    case soft
    /// The row goes, and stays as history.
    case removal
    case never
  }

  /// What the journal calls the changes of a write-back.
  package struct Actions: Sendable {
    let changed: String
    let returned: String
    let removed: String

    package init(changed: String = "restored", returned: String = "undeleted", removed: String = "deleted") {
      self.changed = changed
      self.returned = returned
      self.removed = removed
    }
  }

  /// As the journal names it: the `kind` of its changes.
  package let name: String
  package let lock: LockKind
  package let tables: Tables
  /// What the primary keys of both tables begin with after `project_id`: identifies the resource.
  package let key: [KeyColumn]
  /// What tells apart rows of one resource that are there at the same time; mostly nothing.
  package let part: [KeyColumn]
  package let columns: [VersionedColumn]
  /// Columns whose former values ``check`` needs.
  package let planned: [String]
  package let deletion: Deletion
  package let actions: Actions
  let statements: VersionStatements

  /// The key columns, one array each, of resources as the journal names them.
  package var keys: @Sendable ([String]) -> [any PostgresValue] = { [$0] }
  /// What a write-back locks before all else; nil: the rows, in the order of their keys.
  package var locks: (@Sendable ([String], ProjectID) -> [WriteLock])?
  /// What a write-back may not write; nil: there is nothing of that kind.
  package var check: WriteBackCheck?
  /// The value of `{parameter}` in the rules.
  package var parameter: (any PostgresValue)?
  /// What stands before the statements of a write-back.
  package var prologue: [BoundStatement] = []
  /// What the domain does once a write-back has committed, before it is answered: for the resources that were written.
  package var afterwards: (@Sendable ([String], ProjectID) async -> Void)?

  /// - Parameters:
  ///   - columns: All columns but the key, `version` and `position`, in the order in which statements return them.
  ///   - rules: Of every column that asks for one.
  package init(
    _ name: String, lock: LockKind, tables: Tables, key: [KeyColumn], part: [KeyColumn] = [],
    columns: [VersionedColumn], planned: [String] = [], deletion: Deletion, actions: Actions = Actions(),
    rules: VersionRules = .none
  ) {
    self.name = name
    self.lock = lock
    self.tables = tables
    self.key = key
    self.part = part
    self.columns = columns
    self.planned = planned
    self.deletion = deletion
    self.actions = actions
    statements = VersionStatements(
      VersionSyntax(
        name: name, tables: tables, key: key, part: part, columns: columns, planned: planned,
        deletion: deletion, rules: rules))
  }
}
