/// A place in a feed: everything up to and including this row has been delivered.
package struct Cursor: Hashable, Comparable, Sendable {
  package var position: Int64
  package var ordinal: Int32

  package init(position: Int64, ordinal: Int32) {
    self.position = position
    self.ordinal = ordinal
  }

  /// The place after everything at `position`.
  package static func after(_ position: Int64) -> Cursor {
    Cursor(position: position, ordinal: .max)
  }

  /// Whether the place lies between two positions, not among the rows of one.
  package var isBorder: Bool { ordinal == .max }

  /// The greatest position of which every row has been delivered.
  package var completePosition: Int64 { isBorder ? position : position - 1 }

  package static func < (left: Cursor, right: Cursor) -> Bool {
    (left.position, left.ordinal) < (right.position, right.ordinal)
  }
}
