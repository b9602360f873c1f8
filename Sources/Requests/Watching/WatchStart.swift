import Journal

/// Where a feed starts, as every `Watch…` request says it.
package struct WatchStart: Equatable, Sendable {
  package let position: StartPosition
  /// The journal that the position comes from; nil: not checked.
  package let journal: String?

  package init(position: StartPosition, journal: String?) {
    self.position = position
    self.journal = journal
  }
}

extension Violations {
  /// The fields `after_position`, `after_ordinal` and `journal_id`.
  package mutating func watchStart(
    afterPosition: Int64?, afterOrdinal: Int32?, journalID: String
  ) -> WatchStart {
    if let position = afterPosition, position < 0 { add("must not be negative", at: "after_position") }
    if let ordinal = afterOrdinal {
      if ordinal < 0 { add("must not be negative", at: "after_ordinal") }
      if afterPosition == nil { add("has no meaning without after_position", at: "after_ordinal") }
    }
    let position: StartPosition =
      switch afterPosition {
      case nil: .now
      case 0?: .oldest
      case let position?: .after(position, ordinal: afterOrdinal)
      }
    return WatchStart(position: position, journal: journalID.isEmpty ? nil : journalID)
  }
}
