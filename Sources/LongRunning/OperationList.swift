import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A page of operations that may be read.
struct OperationList {
  let kinds: [String]
  let states: [OperationRow.State]
  let pageSize: Int
  /// The id of the last one on the page before.
  let before: String?
  private let seal: PageSeal

  init(validating request: ListOperationsRequest, project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    violations.identifiers(request.kinds, at: "kinds", atMost: Limits.operationKinds)
    states = violations.states(request.states, at: "states")
    pageSize = violations.pageSize(request.pageSize)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, in: project), key)
    before = violations.pageToken(request.pageToken, seal: seal)?.id
    try violations.check()
    kinds = request.kinds
  }

  /// The token of the page that follows the operation.
  func nextPageToken(after id: String) -> String { PageToken(time: 0, id: id).text(for: seal) }
}

extension Limits {
  /// Kinds in a filter: more than there are, few enough to keep statements small.
  fileprivate static let operationKinds = 32
  fileprivate static let operationStates = 8
}

extension Violations {
  fileprivate mutating func states(_ states: [Operation.State], at field: String) -> [OperationRow.State] {
    var known: [OperationRow.State] = []
    entries(states, at: field, atMost: Limits.operationStates) { violations, path, state in
      if let match = OperationRow.State.allCases.first(where: { Operation.State($0) == state }) {
        known.append(match)
      } else {
        violations.unknown(path, number: state.rawValue)
      }
    }
    return known
  }
}

extension ListOperationsRequest: ListRequest {}
