import CairnAPI
import Postgres

@testable import Coordination
@testable import Journal

extension Samples {
  static var agents: [any CheckedStatement] {
    var filter = AgentFilter()
    filter.states = [.busy]
    filter.type = "type"
    filter.capabilities = ["capability"]
    return [AgentFilter(), filter].map {
      AgentQueries.list.sample(AgentQueries.page(in: .default, after: "id", limit: 2, $0))
    }
  }
}
