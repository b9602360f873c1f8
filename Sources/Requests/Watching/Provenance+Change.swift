import CairnAPI
import Journal
import Wire

extension Provenance {
  package init(_ change: Change) {
    self.init()
    time = WellKnown.Timestamp(change.at)
    principal = change.principal
    agent = change.agent ?? ""
    session = change.session ?? ""
    task = change.task ?? ""
    lease = change.lease ?? ""
    leaseEpoch = change.leaseEpoch ?? 0
    operation = change.operation
  }
}
