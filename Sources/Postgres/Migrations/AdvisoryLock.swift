/// The classes of PostgreSQL's two-integer advisory locks, first integer; the second says which of
/// them. All are held to the end of a transaction. Different uses never share a number.
package enum AdvisoryLockClass: Int32, Sendable {
  /// Second integer 0: one process at a time changes the schema.
  case migrations = 0x4341_4900
  /// Second integer: a hash of the project. Shared by its writers, exclusive for exact points.
  case project = 0x4341_4901
  /// Second integer: a hash of project, principal, method and request id.
  case request = 0x4341_4902
  /// Second integer: a hash of project and context, of few values: writers of relationships that lead from it.
  case relationships = 0x4341_4910
  /// Second integer: a hash of the project: whoever says that a context contains another one.
  case containment = 0x4341_4911
  /// Second integer 0: whoever sorts words into the text index (`context_text_settle`).
  case words = 0x4341_4912
  /// Second integer: a hash of the project. Whoever gives out its tasks (see docs/coordination.md).
  case dispatch = 0x4341_4920
}
