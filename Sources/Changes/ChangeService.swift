import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// `cairn.v1.ChangeService`.
package struct ChangeService: ChangeServiceProvider {
  private let journal: Journal
  private let resources: [ChangedResources<WellKnown.`Any`>]

  /// - Parameter resources: What changes left, by kind, for those who want to see it.
  package init(journal: Journal, resources: [ChangedResources<WellKnown.`Any`>]) {
    self.journal = journal
    self.resources = resources
  }

  package func watchChanges(
    _ request: WatchChangesRequest, _ responses: ResponseWriter<WatchChangesResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try ChangeWatch(validating: request)
    let limit = request.includeResources ? 64 : 256
    try await journal.watch(
      watch.start, of: request.project, matching: watch.matches, atMost: limit, responses, call
    ) { elements, project throws(RPCError) in
      let rows = elements.compactMap(\.row)
      let found = try await resources(of: request.includeResources ? rows : [], in: project)
      return WatchChangesResponse.answers(to: elements, whenFound: found.count(among: rows)) { _, change in
        WatchChangesResponse(change, found.resource(of: change))
      }
    }
  }

  /// Of each kind one look-up; fewer than all where they are too much to hold at once.
  private func resources(
    of changes: [Change], in project: ProjectID
  ) async throws(RPCError) -> FoundResources {
    var found = FoundResources()
    for source in resources {
      let wanted = changes.filter { $0.kind == source.kind }
      found.add(try await source.found(for: wanted, in: project), of: wanted)
    }
    return found
  }
}

/// The resources of some changes.
private struct FoundResources {
  private struct Place: Hashable, Comparable {
    let position: Int64
    let ordinal: Int32

    init(_ change: Change) {
      position = change.position
      ordinal = change.ordinal
    }

    static func < (left: Place, right: Place) -> Bool {
      (left.position, left.ordinal) < (right.position, right.ordinal)
    }
  }

  private var resources: [Place: WellKnown.`Any`] = [:]
  /// The first change whose resource was not looked up.
  private var end: Place?

  mutating func add(_ found: ChangedResources<WellKnown.`Any`>.Found, of changes: [Change]) {
    for (place, resource) in found.byPlace { resources[Place(changes[place])] = resource }
    if found.count < changes.count {
      let first = Place(changes[found.count])
      end = end.map { min($0, first) } ?? first
    }
  }

  /// How many of the changes come before that one.
  func count(among changes: [Change]) -> Int {
    changes.firstIndex { Place($0) == end } ?? changes.count
  }

  func resource(of change: Change) -> WellKnown.`Any`? { resources[Place(change)] }
}

extension WatchChangesResponse: WatchResponse {}
extension WatchChangesResponse.Event: WatchEvent {}

extension WatchChangesResponse {
  fileprivate init(_ row: Change, _ resource: WellKnown.`Any`?) {
    self.init()
    var change = ResourceChange(row)
    change.resource = resource
    event = .change(change)
  }
}

extension ResourceChange {
  fileprivate init(_ row: Change) {
    self.init()
    resourceKind = row.kind
    resourceId = row.id
    action = row.action
    position = row.position
    ordinal = row.ordinal
    oldVersion = row.oldVersion ?? 0
    newVersion = row.newVersion ?? 0
    provenance = Provenance(row)
  }
}
