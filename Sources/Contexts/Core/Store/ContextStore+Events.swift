import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension ContextStore {
  /// What a feed of contexts says for what the journal says: one round trip for the images of the changes, shared by all
  /// watchers of the loop that want the same at this moment. When their contents are too much to hold at once, only for
  /// the first elements: ask again for those not taken.
  func responses(
    to elements: ArraySlice<FeedElement<Change>>, for watch: ContextWatch, in project: ProjectID
  ) async throws(RPCError) -> (responses: [WatchContextsResponse], taken: Int) {
    let images = try await images(of: elements.compactMap(\.row), for: watch, in: project)
    return WatchContextsResponse.answers(to: elements, whenFound: images.count) { place, change in
      let image = images.byPlace[place]
      if image?.isForeign ?? false { return nil }
      var shown = ContextChange(change, image?.context)
      shown.membership = image?.membership ?? .unspecified
      return WatchContextsResponse(.change(shown))
    }
  }

  /// What changes left of contexts, whole.
  func changed(_ journal: Journal) -> ChangedResources<Context> {
    ChangedResources(of: "context", journal) { changes, project throws(RPCError) in
      let images = try await images(
        of: changes.map(\.id), at: changes.map(\.position), meeting: nil, detail: .full, in: project)
      return .init(count: images.count, byPlace: images.byPlace.mapValues(\.context))
    }
  }

  private func images(
    of changes: [Change], for watch: ContextWatch, in project: ProjectID
  ) async throws(RPCError) -> ContextImages {
    let (ids, positions) = (changes.map(\.id), changes.map(\.position))
    if ids.isEmpty { return ContextImages(count: 0) }
    let key = WatchedImages(
      project: project, ids: ids.map { TextKey($0) }, positions: positions, detail: watch.detail,
      filter: watch.filterBytes)
    guard let shared = watchedImages.ofCurrentTask else {
      return try await images(
        of: ids, at: positions, meeting: watch.conditions, detail: watch.detail, in: project)
    }
    return try await shared.value(for: key) { () async throws(RPCError) in
      try await images(
        of: ids, at: positions, meeting: watch.conditions, detail: watch.detail, in: project)
    }
  }
}

/// What a watch reads of changes. Watches that read the same at the same moment share one look-up.
struct WatchedImages: Hashable, Sendable {
  let project: ProjectID
  let ids: [TextKey]
  let positions: [Int64]
  let detail: ContextDetail
  let filter: [UInt8]?
}

extension ContextChange: ChangeMessage {
  package var resource: Context? {
    get { context }
    set { context = newValue }
  }
}

extension Context: OutlinedResource {
  package mutating func take(journalName: String) { id = journalName }
}
