import CairnAPI
import GRPC
import Journal
import TestSupport
import Testing

@testable import Changes

@Suite struct ChangeWatchTests {
  typealias Case = (kinds: [String], after: Int64?, wrong: [String])

  static let cases: [Case] = [
    ([], nil, []),
    (["context", "something new"], 0, []),
    (Array(repeating: "context", count: 16), 5, []),
    (Array(repeating: "context", count: 17), nil, ["resource_kinds"]),
    (Array(repeating: "", count: 17), nil, ["resource_kinds"]),
    (["context", "", "a\nb"], -1, ["resource_kinds[1]", "resource_kinds[2]", "after_position"]),
    ([String(repeating: "x", count: 129)], nil, ["resource_kinds[0]"]),
  ]

  @Test("kinds are names, few enough to look at for every change", arguments: cases.indices)
  func validation(_ index: Int) throws {
    let (kinds, after, expected) = Self.cases[index]
    var request = WatchChangesRequest()
    request.resourceKinds = kinds
    request.afterPosition = after
    let wrong = try wrongFields { () throws(RPCError) in _ = try ChangeWatch(validating: request) }
    #expect(wrong == expected)
  }
}
