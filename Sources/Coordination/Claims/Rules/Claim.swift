import CairnAPI
import GRPC
import Requests
import Wire

/// Tasks that an agent asks for.
struct Claim: Sendable {
  let agent: String
  let count: Int
  let wait: Duration
  let starts: Bool

  /// How many tasks one answer has at most.
  private static let most: Int32 = 100
  /// How long one call waits at most, in seconds.
  private static let longestWait: Int64 = 60

  /// - Parameter caller: The agent of the call's metadata, for requests that name none; may be empty.
  init(validating request: ClaimTasksRequest, by caller: String) throws(RPCError) {
    var violations = Violations()
    agent = request.agent.isEmpty ? caller : request.agent
    violations.identifier(agent, at: "agent")
    if !(0...Self.most).contains(request.maxTasks) {
      violations.add("must be 0 to \(Self.most)", at: "max_tasks")
    }
    count = max(1, Int(request.maxTasks))
    let wait = request.wait ?? WellKnown.Duration()
    if wait.seconds < 0 || wait.nanos < 0 || wait.seconds > Self.longestWait
      || wait.seconds == Self.longestWait && wait.nanos > 0
    {
      violations.add("must be 0 to \(Self.longestWait) seconds", at: "wait")
    }
    starts = request.start
    try violations.check()
    self.wait = .seconds(wait.seconds) + .nanoseconds(Int64(wait.nanos))
  }
}

/// Leases that an agent believes to hold.
struct Renewal: Sendable {
  let agent: String
  let leases: [TaskLease]

  private static let most = 1_000

  init(validating request: RenewLeasesRequest, by caller: String) throws(RPCError) {
    var violations = Violations()
    agent = request.agent.isEmpty ? caller : request.agent
    violations.identifier(agent, at: "agent")
    leases = request.leases
    if leases.count > Self.most { violations.add("must be at most \(Self.most)", at: "leases") }
    for (place, lease) in leases.prefix(Self.most).enumerated() {
      violations.identifier(lease.id, at: "leases[\(place)].id")
      if lease.epoch <= 0 { violations.add("must be more than 0", at: "leases[\(place)].epoch") }
    }
    try violations.check()
  }
}
