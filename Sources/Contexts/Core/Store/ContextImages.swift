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

  /// The columns of `context_images`, and those of `watch_contexts`, which has two more.
  struct Columns: ColumnLayout {
    let context: Context.Columns
    let place: Column<Int>
    let isWhole: Column<Bool>
    let wasIn, isIn: Column<Bool>?

    init(_ find: inout ColumnFinder) {
      context = Context.Columns(&find)
      place = find("place")
      isWhole = find("is_whole")
      wasIn = find.ifAny("was_in")
      isIn = find.ifAny("is_in")
    }
  }

  init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    context = try Context(decoding: row, columns.context)
    if let wasIn = columns.wasIn, let isIn = columns.isIn {
      membership = ContextChange.Membership(before: try row.decode(wasIn), after: try row.decode(isIn))
    } else {
      membership = nil
    }
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
  func images(of changed: ContextQueries.ChangedContexts) -> Composition {
    var query = ContextQueries.watch.begin()
    query.add(
      "watch_after",
      ["project": changed.project.text, "ids": changed.ids, "positions": changed.positions])
    query.add(fields: self)
    query.add("watch_before")
    query.add(fields: self)
    query.add("watch_end", ["bytes": changed.bytes])
    return query
  }
}
