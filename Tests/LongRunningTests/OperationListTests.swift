import CairnAPI
import GRPC
import Journal
import Requests
import TestSupport
import Testing

@testable import LongRunning

@Suite struct OperationListTests {
  private let key = TokenKey(Array(repeating: 7, count: 32))

  private func request(
    kinds: [String] = [], states: [Operation.State] = [], token: String = "", size: Int32 = 0
  ) -> ListOperationsRequest {
    var request = ListOperationsRequest()
    request.kinds = kinds
    request.states = states
    request.pageToken = token
    request.pageSize = size
    return request
  }

  private func list(_ request: ListOperationsRequest, in project: String = "p") throws(RPCError)
    -> OperationList
  {
    try OperationList(validating: request, project: project, key: key)
  }

  typealias Case = (kinds: [String], states: [Operation.State], wrong: [String])

  static let cases: [Case] = [
    ([], [], []),
    (["reindex"], [.running, .done, .failed, .cancelled], []),
    (Array(repeating: "reindex", count: 33), [], ["kinds"]),
    (["", "a\n"], [], ["kinds[0]", "kinds[1]"]),
    ([], Array(repeating: .done, count: 9), ["states"]),
    ([], [.done, .unspecified, .unrecognized(77)], ["states[1]", "states[2]"]),
  ]

  @Test("kinds are names and states are known ones, some of each", arguments: cases.indices)
  func validation(_ index: Int) throws {
    let (kinds, states, expected) = Self.cases[index]
    let request = request(kinds: kinds, states: states)
    #expect(try wrongFields { () throws(RPCError) in _ = try list(request) } == expected)
  }

  @Test("a page follows the one before of the same list, whatever its size")
  func pages() throws {
    let first = try list(request(kinds: ["reindex"], size: 10))
    #expect(first.before == nil && first.pageSize == 10)
    let token = first.nextPageToken(after: "x")
    let next = try list(request(kinds: ["reindex"], token: token, size: 20))
    #expect(next.before == "x" && next.pageSize == 20)
    for (other, project) in [
      (request(kinds: ["export"], token: token), "p"),
      (request(kinds: ["reindex"], states: [.done], token: token), "p"),
      (request(kinds: ["reindex"], token: token), "q"),
    ] {
      let wrong = try wrongFields { () throws(RPCError) in _ = try list(other, in: project) }
      #expect(wrong == ["page_token"])
    }
  }
}
