import GRPC
import Journal
import Wire

/// Resources of one kind as changes left them: what watchers are sent beside what the journal says. Watchers of a loop that
/// want the same at the same moment share one look-up.
package struct ChangedResources<Resource: Sendable>: Sendable {
  /// The journal's word for the kind, such as `context`.
  package let kind: String
  private let find: Find
  private let shared: PerLoop<SharedWork<Wanted, Found>>

  package typealias Find = @Sendable ([Change], ProjectID) async throws(RPCError) -> Found

  /// What was found for the first of some changes.
  package struct Found: Sendable {
    /// How many changes were looked at, at least one: all, or those whose resources are not too much to hold at once.
    package let count: Int
    /// By the place of the change; those that are no longer kept are missing.
    package let byPlace: [Int: Resource]

    package init(count: Int, byPlace: [Int: Resource]) {
      self.count = count
      self.byPlace = byPlace
    }
  }

  private struct Wanted: Hashable, Sendable {
    struct Row: Hashable {
      let position: Int64
      let ordinal: Int32
    }

    let project: ProjectID
    let rows: [Row]
  }

  /// - Parameter find: Looks up what changes of the kind left.
  package init(of kind: String, _ journal: Journal, find: @escaping Find) {
    self.kind = kind
    self.find = find
    shared = journal.sharedWork(Wanted.self, Found.self)
  }

  /// - Parameter changes: Of the kind; may be none.
  package func found(for changes: [Change], in project: ProjectID) async throws(RPCError) -> Found {
    if changes.isEmpty { return Found(count: 0, byPlace: [:]) }
    guard let shared = shared.ofCurrentTask else { return try await find(changes, project) }
    let wanted = Wanted(
      project: project, rows: changes.map { Wanted.Row(position: $0.position, ordinal: $0.ordinal) })
    return try await shared.value(for: wanted) { [find] () async throws(RPCError) in
      try await find(changes, project)
    }
  }
}

extension ChangedResources where Resource: Message {
  /// The same for feeds of several kinds.
  package func packed(_ journal: Journal) -> ChangedResources<WellKnown.`Any`> {
    ChangedResources<WellKnown.`Any`>(of: kind, journal) { changes, project throws(RPCError) in
      let found = try await found(for: changes, in: project)
      return .init(count: found.count, byPlace: found.byPlace.mapValues { WellKnown.`Any`($0) })
    }
  }
}

extension FeedElement {
  /// What the journal says; nil for what the feed itself says.
  package var row: Entry? {
    if case .row(let row) = self { row } else { nil }
  }
}
