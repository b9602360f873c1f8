import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// Who opens a Work stream, and what it goes on with.
struct WorkOpening {
  let draft: AgentDraft
  /// The incarnation that its resume token names; nil: it begins anew.
  let incarnation: Int64?

  /// - Parameters:
  ///   - first: The first message of the stream; nil when none came in time.
  ///   - agent: That of the call's metadata; nil for none.
  init(validating first: WorkRequest?, by agent: String?, _ seal: PageSeal) throws(RPCError) {
    var violations = Violations()
    guard case .hello(let hello)? = first?.message else {
      violations.add("must be the first message, within 10 seconds", at: "hello")
      throw violations.error()!
    }
    draft = AgentDraft(validating: hello.agent, at: "hello.agent", &violations)
    if let agent, !agent.hasSameBytes(as: draft.agent.id) {
      violations.add("must be that of cairn-agent", at: "hello.agent.id")
    }
    var incarnation: Int64?
    if !hello.resumeToken.isEmpty {
      let token = PageToken(hello.resumeToken, for: seal)
      if let token, token.id.hasSameBytes(as: draft.agent.id) {
        incarnation = token.time
      } else {
        violations.add("is not one that a welcome gave to this agent", at: "hello.resume_token")
      }
    }
    self.incarnation = incarnation
    try violations.check()
  }

  /// What seals the resume tokens of a project.
  static func seal(in project: ProjectID, _ key: TokenKey) -> PageSeal {
    PageSeal(Fingerprint(parts: ["Work", project.text]), key)
  }

  /// - Parameter incarnation: The position at which the agent began anew.
  static func token(of agent: String, _ incarnation: Int64, _ seal: PageSeal) -> String {
    PageToken(time: incarnation, id: agent).text(for: seal)
  }

  /// - Parameter stored: Nil when there is no such agent.
  func opened(over stored: StoredAgent?) throws(RPCError) -> AgentStep {
    var step = try draft.registered(over: stored)
    step.streams = true
    step.begins = incarnation == nil || stored?.incarnation != incarnation
    if stored?.agent.state == .dead { step.events.append(CoordinationEvent(.agentRecovered, step.agent)) }
    return step
  }
}

extension Violations {
  /// How many tasks an agent takes.
  mutating func slots(_ slots: Int32, at field: String) {
    if !(0...Limits.largestMaxLoad).contains(slots) {
      add("must be between 0 and \(Limits.largestMaxLoad)", at: field)
    }
  }
}

extension StoredAgent {
  /// It takes another number of tasks; nil when it takes as many already.
  func ready(for slots: Int32) -> AgentStep? {
    if agent.maxLoad == slots { return nil }
    var next = agent
    next.maxLoad = slots
    return AgentStep(agent: next)
  }
}
