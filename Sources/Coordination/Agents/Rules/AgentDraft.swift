import CairnAPI
import GRPC
import Requests
import Wire

extension RegisterAgentRequest: WriteRequest {}
extension UnregisterAgentRequest: WriteRequest {}

/// An agent that may be registered.
struct AgentDraft {
  /// As it will be, but for what the write gives it and what it keeps.
  private(set) var agent = Agent()
  let etag: String

  init(validating given: Agent?, at path: String, _ violations: inout Violations) {
    guard let given else {
      violations.add("must be set", at: path)
      etag = ""
      return
    }
    violations.identifier(given.id, at: "\(path).id")
    violations.optionalIdentifier(given.type, at: "\(path).type")
    violations.terms(given.capabilities, at: "\(path).capabilities", atMost: Limits.capabilityCount)
    violations.labels(given.labels, at: "\(path).labels", atMost: Limits.labelCount)
    if !(0...Limits.largestAgentPriority).contains(given.priority) {
      violations.add("must be between 0 and \(Limits.largestAgentPriority)", at: "\(path).priority")
    }
    if let load = given.maxLoad, !(1...Limits.largestMaxLoad).contains(load) {
      violations.add("must be between 1 and \(Limits.largestMaxLoad)", at: "\(path).max_load")
    }
    violations.toldState(given.state, at: "\(path).state")
    _ = violations.metadata(given.metadata, at: "\(path).metadata")
    etag = given.etag
    agent.id = given.id
    agent.type = given.type
    agent.capabilities = given.capabilities
    agent.labels = given.labels
    agent.priority = given.priority
    agent.maxLoad = given.maxLoad ?? 1
    agent.state = given.state == .unspecified ? .active : given.state
    agent.metadata = given.metadata
  }
}

extension Violations {
  /// What an agent may say of itself; UNSPECIFIED where it says nothing.
  mutating func toldState(_ state: AgentState, at field: String) {
    switch state {
    case .unspecified, .active, .idle, .maintenance: break
    case .busy, .dead: add("must not be \(state.text), which the server finds out by itself", at: field)
    case .unrecognized(let number): unknown(field, number: number)
    }
  }

  /// Different names of what an agent can do.
  mutating func terms(_ names: [String], at field: String, atMost limit: Int) {
    identifiers(names, at: field, atMost: limit)
    if names.count <= limit, Set(of: names).count < names.count {
      add("must not have a name twice", at: field)
    }
  }

  /// Keys of 1 to 128 characters without `=`, values of up to 128, none of them with control characters.
  mutating func labels(_ labels: [TextKey: String], at field: String, atMost limit: Int) {
    guard labels.count <= limit else {
      return add("must have at most \(limit) entries, not \(labels.count)", at: field)
    }
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) {
      identifier(key.text, at: "\(field).\(key)")
      if key.text.utf8.contains(UInt8(ascii: "=")) {
        add("must not contain =", at: "\(field).\(key)")
      }
      if !value.isEmpty { identifier(value, at: "\(field).\(key)") }
    }
  }
}
