import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension TemplateService {
  package func watchTemplates(
    _ request: WatchTemplatesRequest, _ responses: ResponseWriter<WatchTemplatesResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try TemplateWatch(validating: request)
    try await journal.watch(
      watch.start, of: request.project, matching: watch.matches, showing: store.changed, responses, call
    ) { change, template in
      var response = WatchTemplatesResponse()
      response.event = .change(TemplateChange(change, template))
      return response
    }
  }
}

extension WatchTemplatesResponse: WatchResponse {}
extension WatchTemplatesResponse.Event: WatchEvent {}

extension TemplateChange {
  fileprivate init(_ change: Change, _ image: Template?) {
    self.init()
    kind = Kind(action: change.action)
    definition = image ?? Template(outlineOf: change)
    position = change.position
    ordinal = change.ordinal
    oldVersion = change.oldVersion ?? 0
    provenance = Provenance(change)
  }
}

extension Template {
  /// What the journal alone knows of a template whose version is no longer kept.
  fileprivate init(outlineOf change: Change) {
    self.init()
    id = change.id
    version = change.newVersion ?? change.oldVersion ?? 0
    position = change.position
    etag = Etag.text(position)
  }
}
