import Postgres

/// What a write-back comes to for one resource, or for one row of a resource that had or has several.
package struct WriteBackStep: Sendable, Hashable {
  package enum Outcome: String, Sendable {
    /// It is as it was at the moment; nothing is written.
    case unchanged
    /// It gets its former values.
    case changed
    /// It was deleted since, and comes back with its former values.
    case returned
    /// It was created since, and goes.
    case removed
    /// It was deleted at the moment, and becomes so again, with the values that it had.
    case deleted
    /// It cannot come back: it, or what it belongs to, was purged. Nothing is written.
    case gone
    /// It would contradict what is there now, such as a context that would contain itself. Nothing is written.
    case contradicting
    /// The caller did not accept it. Nothing is written.
    case declined
    /// It was created since, and stays: nothing of its kind is ever deleted.
    case kept
    /// It was not there at the moment, and is not there now.
    case absent
  }

  /// As the journal names the resource.
  package let id: String
  package internal(set) var outcome: Outcome
  /// Of the present row, by which a caller can tell whether it is still the one that was decided about; nil when
  /// there is none.
  package let presentPosition: Int64?
  package let presentVersion: Int64?
  /// The version that it had at the moment; nil when it was not there.
  package let formerVersion: Int64?
  /// The version that it gets.
  package let newVersion: Int64?

  init(absent id: String) {
    self.id = id
    outcome = .absent
    (presentPosition, presentVersion, formerVersion, newVersion) = (nil, nil, nil, nil)
  }

  /// From a row of `plan_write_back`.
  init(_ id: String, decoding row: Row, of kind: VersionedKind) throws(PostgresError) {
    self.id = id
    let name: String = try row.decode(1)
    guard let outcome = Outcome(rawValue: name) else {
      throw PostgresError(.invalidResult, "a write-back has no outcome \(name)")
    }
    self.outcome = outcome == .removed && kind.deletion == .never ? .kept : outcome
    presentVersion = try row.decode(2)
    presentPosition = try row.decode(3)
    formerVersion = try row.decode(4)
    newVersion = try row.decode(5)
  }

  /// Whether something is written for it.
  package var isWritten: Bool {
    switch outcome {
    case .changed, .returned, .removed, .deleted: true
    case .unchanged, .gone, .contradicting, .declined, .kept, .absent: false
    }
  }

  /// Where the row is stored again, because it is not there any more.
  var isStoredAnew: Bool { outcome == .returned && presentVersion == nil }

  func change(of kind: VersionedKind) -> ChangeRecord {
    let action =
      switch outcome {
      case .returned: kind.actions.returned
      case .removed, .deleted: kind.actions.removed
      default: kind.actions.changed
      }
    return ChangeRecord(
      kind: kind.name, id: id, action: action, oldVersion: presentVersion, newVersion: newVersion)
  }
}
