import CairnAPI
import Journal
import Postgres

/// What was found of the contexts that changes left.
struct ContextImages {
  /// How many of the changes, from the first on, were looked at: all, or those whose contents are not too
  /// much to hold at once. Never none of some.
  var count: Int
  /// By the place of the change; those that are no longer kept are missing.
  var byPlace: [Int: ContextImage] = [:]
}

/// A context as a change left it.
struct ContextImage {
  let context: Context
  /// How the change stands to the conditions asked for; nil when there were none.
  let membership: ContextChange.Membership?

  /// Whether it met the conditions neither before the change nor after it.
  var isForeign: Bool { membership == .unspecified }

  init(decoding row: Row, isFull: Bool, hasMembership: Bool) throws(PostgresError) {
    context = try Context(decoding: row, contentColumn: isFull ? Context.columnCount : nil)
    membership =
      hasMembership
      ? ContextChange.Membership(
        before: try row.decode(Context.columnCount + 4), after: try row.decode(Context.columnCount + 5)) : nil
  }
}

extension ContextChange.Membership {
  /// Unspecified when the conditions are met on neither side.
  init(before: Bool, after: Bool) {
    switch (before, after) {
    case (false, false): self = .unspecified
    case (false, true): self = .entered
    case (true, true): self = .stayed
    case (true, false): self = .left
    }
  }
}

extension ContextConditions {
  /// The images of changes, and which of them meet the conditions.
  func images(
    of ids: [String], at positions: [Int64], bytes: Int, in project: ProjectID
  ) -> BoundStatement {
    var query = QueryFragments.Composition(ContextQueries.watch)
    query.add("watch_after", project.text, ids, positions)
    query.add(fields: self)
    query.add("watch_before")
    query.add(fields: self)
    query.add("watch_end", bytes)
    return query.statement
  }
}
