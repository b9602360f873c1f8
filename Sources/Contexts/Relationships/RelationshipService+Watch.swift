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
      watch.start, of: request.project, matching: watch.matches, showing: store.changed, responses, call)
  }
}

extension WatchRelationshipsResponse: WatchResponse {}
extension WatchRelationshipsResponse.Event: ChangeEvent {}

extension RelationshipChange: ChangeMessage {
  package var resource: Relationship? {
    get { relationship }
    set { relationship = newValue }
  }
}

extension Relationship: OutlinedResource {
  package mutating func take(journalName: String) {
    guard let key = RelationshipKey(text: journalName) else { return }
    source = key.source
    kind = key.kind
    name = key.name
    target = key.target
  }
}
