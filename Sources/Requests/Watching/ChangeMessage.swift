import CairnAPI
import GRPC
import Journal
import Wire

/// What a `Watch…` method sends of a change: the resource as it left it, and what the journal says of it.
package protocol ChangeMessage: Message {
  associatedtype Kind: ChangeKind
  associatedtype Resource: OutlinedResource
  var kind: Kind { get set }
  /// Under the name that generated code has for it.
  var resource: Resource? { get set }
  var position: Int64 { get set }
  var ordinal: Int32 { get set }
  var oldVersion: Int64 { get set }
  var provenance: Provenance? { get set }
}

extension ChangeMessage {
  /// - Parameter image: Nil when that version is no longer kept: then the journal's outline of it is sent.
  package init(_ change: Change, _ image: Resource?) {
    self.init()
    kind = Kind(action: change.action)
    resource = image ?? Resource(outlineOf: change)
    position = change.position
    ordinal = change.ordinal
    oldVersion = change.oldVersion ?? 0
    provenance = Provenance(change)
  }
}

/// A resource of which the journal knows the name, the version and the position.
package protocol OutlinedResource: Message {
  var version: Int64 { get set }
  var etag: String { get set }
  var position: Int64 { get set }

  /// Takes the name that the journal has of it.
  mutating func take(journalName: String)
}

extension OutlinedResource {
  /// What the journal alone knows of a resource whose version is no longer kept.
  package init(outlineOf change: Change) {
    self.init()
    take(journalName: change.id)
    version = change.newVersion ?? change.oldVersion ?? 0
    etag = Etag.text(change.position)
    position = change.position
  }
}

/// The oneof `event` of responses whose rows are changes.
package protocol ChangeEvent: WatchEvent {
  associatedtype Row: ChangeMessage
  static func change(_ change: Row) -> Self
}

extension Journal {
  /// A `Watch…` method whose responses are changes with their resources:
  /// ``watch(_:of:matching:atMost:_:_:_:)`` with those looked up.
  package func watch<Response: WatchResponse>(
    _ start: WatchStart, of named: String, matching matches: @escaping @Sendable (Change) -> Bool,
    showing resources: ChangedResources<Response.Event.Row.Resource>, _ responses: ResponseWriter<Response>,
    _ call: CallContext
  ) async throws(RPCError) where Response.Event: ChangeEvent {
    try await watch(start, of: named, matching: matches, atMost: 64, responses, call) {
      elements, project throws(RPCError) in
      let found = try await resources.found(for: elements.compactMap(\.row), in: project)
      return Response.answers(to: elements, whenFound: found.count) { place, change in
        Response(.change(.init(change, found.byPlace[place])))
      }
    }
  }
}
