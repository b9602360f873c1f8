import CairnAPI
import Requests

extension WatchSessionsRequest: ResourceWatchRequest {}

extension SessionChange.Kind: ChangeKind {
  /// What the journal calls them.
  package static let actions: [(SessionChange.Kind, String)] = [
    (.created, "created"), (.updated, "updated"), (.joined, "joined"), (.left, "left"),
    (.transitioned, "transitioned"), (.ended, "ended"), (.expired, "expired"), (.deleted, "deleted"),
    (.restored, "restored"), (.undeleted, "undeleted"),
    (.checkpointed, "checkpointed"), (.purged, "purged"),
  ]
}
