import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A page of a list of tasks that may be read.
struct TaskList {
  let filter: TaskFilter
  /// What the page comes after; nil for the first page.
  let after: Age?
  let pageSize: Int
  /// Of everything that a page token must agree with.
  private let seal: PageSeal

  /// Where a task stands among all: by its submission.
  struct Age: Equatable {
    let position: Int64
    let ordinal: Int32
  }

  /// How many tasks are looked at for a page.
  static let lookedAt = 5_000

  init(validating request: ListTasksRequest, in project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    let filter = request.filter ?? TaskFilter()
    violations.entries(filter.states, at: "filter.states", atMost: Limits.taskStates) {
      switch $2 {
      case .unspecified, .unrecognized: $0.unknown($1, number: $2.rawValue)
      default: break
      }
    }
    violations.optionalIdentifier(filter.session, at: "filter.session")
    violations.optionalIdentifier(filter.agent, at: "filter.agent")
    violations.optionalIdentifier(filter.queue, at: "filter.queue")
    violations.optionalIdentifier(filter.type, at: "filter.type")
    violations.optionalIdentifier(filter.schedule, at: "filter.schedule")
    pageSize = violations.pageSize(request.pageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    let token = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    after = token.flatMap { token in Int32(token.id).map { Age(position: token.time, ordinal: $0) } }
    self.filter = filter
  }

  /// Whether no task that has ended is wanted.
  var isOpen: Bool { !filter.states.isEmpty && filter.states.allSatisfy { !$0.isFinal } }

  func nextPageToken(after age: Age) -> String {
    PageToken(time: age.position, id: String(age.ordinal)).text(for: seal)
  }
}

extension ListTasksRequest: ListRequest {}
extension ListTasksResponse: JournalAnswer {}

extension Limits {
  /// States that a list may be narrowed to: all there are.
  static let taskStates = 8
}
