import CairnAPI
import Journal
import Requests

extension ListSessionsResponse: JournalAnswer {}

extension WatchSessionsResponse: WatchResponse {}
extension WatchSessionsResponse.Event: ChangeEvent {}

extension SessionChange: ChangeMessage {
  package var resource: Session? {
    get { session }
    set { session = newValue }
  }
}

extension Session: OutlinedResource {
  package mutating func take(journalName: String) { id = journalName }
}
