import CairnAPI
import Requests

extension WatchTemplatesRequest: ResourceWatchRequest {}

extension CairnAPI.TemplateChange.Kind: ChangeKind {
  /// What the journal calls them.
  package static let actions: [(CairnAPI.TemplateChange.Kind, String)] = [
    (.created, "created"), (.updated, "updated"), (.deleted, "deleted"),
  ]
}
