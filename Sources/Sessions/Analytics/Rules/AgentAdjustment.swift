import CairnAPI
import Requests

/// What is to be added to the counts of an agent.
struct AgentAdjustment: Equatable {
  let joins, events, handoffsGiven, handoffsReceived: Int64

  init(validating request: AdjustAgentFiguresRequest, _ violations: inout Violations) {
    violations.optionalIdentifier(request.agent, at: "agent")
    joins = violations.addend(request.joinCount, at: "join_count")
    events = violations.addend(request.eventCount, at: "event_count")
    handoffsGiven = violations.addend(request.handoffGivenCount, at: "handoff_given_count")
    handoffsReceived = violations.addend(request.handoffReceivedCount, at: "handoff_received_count")
    if [joins, events, handoffsGiven, handoffsReceived].allSatisfy({ $0 == 0 }) {
      violations.add("must not be 0 where all the others are", at: "join_count")
    }
  }
}

extension AdjustAgentFiguresRequest: WriteRequest {}

extension Violations {
  fileprivate mutating func addend(_ value: Int64, at field: String) -> Int64 {
    let bound = Limits.largestAdjustment
    if !(-bound...bound).contains(value) { add("must be between -\(bound) and \(bound)", at: field) }
    return value
  }
}
