import CairnAPI
import GRPC
import Journal
import Requests
import Wire

extension TemplateService {
  package func watchTemplates(
    _ request: WatchTemplatesRequest, _ responses: ResponseWriter<WatchTemplatesResponse>, _ call: CallContext
  ) async throws(RPCError) {
    let watch = try ResourceWatch(of: "template", validating: request)
    try await journal.watch(
      watch.start, of: request.project, matching: watch.matches, showing: store.changed, responses, call)
  }
}

extension WatchTemplatesResponse: WatchResponse {}
extension WatchTemplatesResponse.Event: ChangeEvent {}

extension TemplateChange: ChangeMessage {
  package var resource: Template? {
    get { definition }
    set { definition = newValue }
  }
}

extension Template: OutlinedResource {
  package mutating func take(journalName: String) { id = journalName }
}
