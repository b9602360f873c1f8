import CairnAPI
import Requests

extension AssignmentPolicy {
  /// A policy that may be stored.
  init(validating policy: AssignmentPolicy?, _ violations: inout Violations) {
    self.init()
    guard let policy else {
      violations.add("must be set", at: "policy")
      return
    }
    switch policy.strategy {
    case .unspecified, .leastLoaded: strategy = .leastLoaded
    case .roundRobin, .priority, .capabilityWeighted, .dynamic, .sessionAffinity:
      strategy = policy.strategy
    case .unrecognized: violations.add("must be a known strategy", at: "policy.strategy")
    }
  }
}
