import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension ContextStore {
  /// What a feed of contexts says for what the journal says: one round trip for the images of the changes.
  /// When their contents are too much to hold at once, only for the first elements: ask again for those not
  /// taken.
  func events(
    of elements: ArraySlice<FeedElement<Change>>, for watch: ContextWatch, in project: ProjectID
  ) async throws(RPCError) -> (events: [WatchContextsResponse.Event], taken: Int) {
    let changes = elements.compactMap { element in
      if case .row(let change) = element { change } else { nil }
    }
    let images = try await images(
      of: changes.map(\.id), at: changes.map(\.position), meeting: watch.conditions, isFull: watch.isFull,
      in: project)
    var events: [WatchContextsResponse.Event] = []
    var place = 0
    for (taken, element) in elements.enumerated() {
      switch element {
      case .row(let change):
        if place == images.count { return (events, taken) }
        let image = images.byPlace[place]
        place += 1
        if image?.isForeign ?? false { continue }
        events.append(.change(ContextChange(change, image)))
      case .caughtUp(let position):
        var caughtUp = CaughtUp()
        caughtUp.position = position
        events.append(.caughtUp(caughtUp))
      case .checkpoint(let position):
        var checkpoint = Checkpoint()
        checkpoint.position = position
        events.append(.checkpoint(checkpoint))
      }
    }
    return (events, elements.count)
  }
}

extension ContextChange {
  fileprivate init(_ change: Change, _ image: ContextImage?) {
    self.init()
    kind = Kind(action: change.action)
    context = image?.context ?? Context(outlineOf: change)
    membership = image?.membership ?? .unspecified
    position = change.position
    ordinal = change.ordinal
    oldVersion = change.oldVersion ?? 0
    provenance = Provenance(change)
  }
}

extension Context {
  /// What the journal alone knows of a context whose version is no longer kept.
  fileprivate init(outlineOf change: Change) {
    self.init()
    id = change.id
    version = change.newVersion ?? change.oldVersion ?? 0
    etag = Etag.text(change.position)
    position = change.position
  }
}
