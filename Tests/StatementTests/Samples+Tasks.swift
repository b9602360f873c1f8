import CairnAPI
import Postgres
import Requests

@testable import Coordination
@testable import Journal

extension Samples {
  static func tasks() throws -> [any CheckedStatement] {
    var request = ListTasksRequest()
    let all = try TaskList(validating: request, in: "default", key: key)
    var filter = TaskFilter()
    filter.states = [.queued, .running]
    filter.session = "session"
    filter.agent = "agent"
    filter.queue = "queue"
    filter.type = "type"
    filter.schedule = "schedule"
    request.filter = filter
    request.pageToken = try TaskList(validating: request, in: "default", key: key).nextPageToken(
      after: .init(position: 1, ordinal: 2))
    let narrowed = try TaskList(validating: request, in: "default", key: key)
    return [all, narrowed].map { ListQueries.list.sample(ListQueries.page($0, in: .default)) }
  }
}
