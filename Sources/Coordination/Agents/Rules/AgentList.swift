import CairnAPI
import Journal
import Requests

extension ListAgentsRequest: ListRequest {}
extension ListAgentsResponse: JournalAnswer {}

extension Violations {
  mutating func agents(_ filter: AgentFilter, at path: String) {
    entries(filter.states, at: "\(path).states", atMost: Limits.filterAgentStates) {
      switch $2 {
      case .active, .idle, .busy, .maintenance, .dead: break
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      }
    }
    optionalIdentifier(filter.type, at: "\(path).type")
    identifiers(filter.capabilities, at: "\(path).capabilities", atMost: Limits.filterCapabilities)
  }
}
