import CairnAPI
import GRPC
import TestSupport
import Testing

@testable import Contexts

@Suite struct ContextWatchTests {
  typealias Case = (change: @Sendable (inout WatchContextsRequest) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.ids = (0..<1_000).map(String.init) }, []),
    ({ $0.ids = Array(repeating: "", count: 1_001) }, ["ids"]),
    ({ $0.ids = ["a", "", "b\n"] }, ["ids[1]", "ids[2]"]),
    ({ $0.afterPosition = -1 }, ["after_position"]),
    ({ $0.afterOrdinal = 1 }, ["after_ordinal"]),
    ({ $0.view = .unrecognized(9) }, ["view"]),
    ({ $0.kinds = [.created, .unspecified, .unrecognized(99)] }, ["kinds[1]", "kinds[2]"]),
    ({ $0.kinds = Array(repeating: .created, count: 17) }, ["kinds"]),
    (
      {
        $0.filter = ContextFilter()
        $0.filter?.tags = [""]
      }, ["filter.tags[0]"]
    ),
  ]

  @Test("everything wrong with a watch is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var request = WatchContextsRequest()
    Self.cases[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try ContextWatch(validating: request) }
    #expect(wrong == Self.cases[index].wrong)
  }

  @Test(
    "changes with their contents are looked at in small runs, without contents or with a filter in long ones")
  func batches() throws {
    var request = WatchContextsRequest()
    #expect(try ContextWatch(validating: request).batch == 16)
    request.view = .basic
    #expect(try ContextWatch(validating: request).batch == 256)
    request.view = .full
    request.filter = ContextFilter()
    #expect(try ContextWatch(validating: request).batch == 256)
  }

  @Test("kinds become the journal's words, and no kind stands for all")
  func actions() throws {
    var request = WatchContextsRequest()
    #expect(try ContextWatch(validating: request).actions == nil)
    request.kinds = [.created, .purged, .created]
    #expect(try ContextWatch(validating: request).actions == ["created", "purged"])
  }
}
