import CairnAPI
import GRPC
import Journal
import Requests

extension SessionService {
  package func appendMessage(
    _ request: AppendMessageRequest, _ call: CallContext
  ) async throws(RPCError) -> AppendEventResponse {
    try await append(request, bytes: request.message?.content.utf8.count ?? 0, call) {
      LogAppend(validating: $0, &$1)
    }
  }

  package func listMessages(
    _ request: ListMessagesRequest, _ call: CallContext
  ) async throws(RPCError) -> ListMessagesResponse {
    let project = try await journal.project(request.project, call)
    let list = try EventList(
      validating: ListEventsRequest(request), in: project.text, key: try await journal.tokenKey())
    let page = try await log.list(list, in: project, call)
    var response = ListMessagesResponse()
    (response.messages, response.nextPageToken) = (page.events, page.nextPageToken)
    return try await journal.naming(response)
  }

  package func getMessageWindow(
    _ request: GetMessageWindowRequest, _ call: CallContext
  ) async throws(RPCError) -> GetMessageWindowResponse {
    let window = try MessageWindow(validating: request)
    let project = try await journal.project(request.project, call)
    return try await journal.naming(try await log.window(window, in: project, call))
  }
}

extension ListMessagesResponse: JournalAnswer {}
extension GetMessageWindowResponse: JournalAnswer {}
