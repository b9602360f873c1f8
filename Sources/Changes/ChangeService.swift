import CairnAPI
import GRPC
import Journal
import Requests

/// `cairn.v1.ChangeService`.
package struct ChangeService: ChangeServiceProvider {
  private let journal: Journal

  package init(journal: Journal) { self.journal = journal }

  package func watchChanges(
    _ request: WatchChangesRequest, _ responses: ResponseWriter<WatchChangesResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try ChangeWatch(validating: request)
    try await journal.watch(watch.start, matching: watch.matches, atMost: 256, responses, call) {
      elements, _ in
      (elements.compactMap { WatchChangesResponse($0) ?? WatchChangesResponse(row: $0) }, elements.count)
    }
  }
}

extension WatchChangesResponse: WatchResponse {
  package static func caughtUp(_ caughtUp: CaughtUp) -> Self {
    var response = Self()
    response.event = .caughtUp(caughtUp)
    return response
  }

  package static func checkpoint(_ checkpoint: Checkpoint) -> Self {
    var response = Self()
    response.event = .checkpoint(checkpoint)
    return response
  }

  fileprivate init?(row element: FeedElement<Change>) {
    guard case .row(let row) = element else { return nil }
    self.init()
    event = .change(ResourceChange(row))
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
