import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension RelationshipService {
  package func watchRelationships(
    _ request: WatchRelationshipsRequest, _ responses: ResponseWriter<WatchRelationshipsResponse>,
    _ call: CallContext
  ) async throws(RPCError) {
    let watch = try RelationshipWatch(validating: request)
    try await journal.watch(
      watch.start, of: request.project, matching: watch.matches, showing: store.changed, responses, call
    ) { change, relationship in
      var response = WatchRelationshipsResponse()
      response.event = .change(RelationshipChange(change, relationship))
      return response
    }
  }
}

extension WatchRelationshipsResponse: WatchResponse {}
extension WatchRelationshipsResponse.Event: WatchEvent {}

extension RelationshipChange {
  fileprivate init(_ change: Change, _ image: Relationship?) {
    self.init()
    kind = Kind(action: change.action)
    relationship = image ?? Relationship(outlineOf: change)
    position = change.position
    ordinal = change.ordinal
    oldVersion = change.oldVersion ?? 0
    provenance = Provenance(change)
  }
}

extension Relationship {
  /// What the journal alone knows of a relationship whose version is no longer kept.
  fileprivate init(outlineOf change: Change) {
    self.init()
    if let key = RelationshipKey(text: change.id) {
      source = key.source
      kind = key.kind
      name = key.name
      target = key.target
    }
    version = change.newVersion ?? change.oldVersion ?? 0
    position = change.position
    etag = Etag.text(position)
  }
}
