import CairnAPI

extension AgentState {
  /// As errors say it.
  var text: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .active: "ACTIVE"
    case .idle: "IDLE"
    case .busy: "BUSY"
    case .maintenance: "MAINTENANCE"
    case .dead: "DEAD"
    case .unrecognized(let number): String(number)
    }
  }
}

extension TaskState {
  /// As errors say it.
  var text: String {
    switch self {
    case .unspecified: "UNSPECIFIED"
    case .blocked: "BLOCKED"
    case .delayed: "DELAYED"
    case .queued: "QUEUED"
    case .assigned: "ASSIGNED"
    case .running: "RUNNING"
    case .completed: "COMPLETED"
    case .failed: "FAILED"
    case .cancelled: "CANCELLED"
    case .unrecognized(let number): String(number)
    }
  }

  /// Whether nothing follows.
  var isFinal: Bool { self == .completed || self == .failed || self == .cancelled }
  /// Whether an agent holds the task.
  var isHeld: Bool { self == .assigned || self == .running }
}
