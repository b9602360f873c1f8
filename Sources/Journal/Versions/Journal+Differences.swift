import GRPC
import Postgres

extension Journal {
  /// The resources that were written between two moments and were there at one of them at least, and the columns in which
  /// they differ: a page, in the order of their first change. A diff costs what changed, not what exists.
  ///
  /// - Parameters:
  ///   - kinds: Of others nothing is said.
  ///   - earlier: Settled, and not before the horizon, as the later one.
  ///   - cursor: Of the page before; nil for the first one.
  ///   - limit: How many changes a page looks at.
  package func differences(
    of kinds: [VersionedKind], from earlier: Moment, to later: Moment, in project: ProjectID,
    after cursor: DifferenceCursor? = nil, limit: Int = 500
  ) async throws(RPCError) -> DifferencePage {
    try await database { () async throws(PostgresError) in
      let changes: [DifferenceCursor] = try await pool.read(
        JournalQueries.pageOfChanges, (project, earlier.position, later.position, cursor, limit)
      ).decoded()
      let changed = ChangedResources(changes, after: cursor)
      var differences: [Difference] = []
      for kind in kinds {
        guard let ofKind = changed.byKind[kind.name] else { continue }
        let compare = kind.comparing(ofKind, from: earlier, to: later, in: project)
        for row in try await pool.read(compare.statement, compare.parameters) {
          differences.append(try Difference(kind.name, ofKind.ids, decoding: row))
        }
      }
      return DifferencePage(differences: differences, next: changes.count < limit ? nil : changes.last)
    }
  }
}

extension VersionedKind {
  fileprivate func comparing(
    _ changed: ChangedResources.OfKind, from earlier: Moment, to later: Moment, in project: ProjectID
  ) -> BoundStatement {
    statements.compare.bind(
      [project.text, earlier.position, earlier.time, later.position, later.time] + keys(changed.ids)
        + [changed.positions])
  }
}

/// The resources of a page of changes, each once for each position: changes of one resource by one write stand together.
struct ChangedResources {
  struct OfKind {
    var ids: [String] = []
    var positions: [Int64] = []
  }

  private(set) var byKind: [String: OfKind] = [:]

  /// - Parameter cursor: The change that the page comes after.
  init(_ changes: [DifferenceCursor], after cursor: DifferenceCursor?) {
    var last = cursor
    for change in changes {
      if last?.isOfSameResource(as: change) != true {
        byKind[change.kind, default: OfKind()].ids.append(change.id)
        byKind[change.kind, default: OfKind()].positions.append(change.position)
      }
      last = change
    }
  }
}
