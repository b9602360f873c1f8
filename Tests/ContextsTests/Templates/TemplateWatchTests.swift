import CairnAPI
import GRPC
import TestSupport
import Testing

@testable import Contexts
@testable import Requests

@Suite struct TemplateWatchTests {
  typealias Case = (change: @Sendable (inout WatchTemplatesRequest) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.ids = (0..<1_000).map(String.init) }, []),
    ({ $0.ids = Array(repeating: "", count: 1_001) }, ["ids"]),
    ({ $0.ids = ["a", "", "b\n", String(repeating: "x", count: 129)] }, ["ids[1]", "ids[2]", "ids[3]"]),
    ({ $0.ids = [String(repeating: "x", count: 128)] }, []),
    ({ $0.kinds = Array(repeating: .deleted, count: 16) }, []),
    ({ $0.kinds = Array(repeating: .unspecified, count: 17) }, ["kinds"]),
    (
      { $0.kinds = [.created, .unspecified, .unrecognized(4), .unrecognized(-1), .unrecognized(.min)] },
      ["kinds[1]", "kinds[2]", "kinds[3]", "kinds[4]"]
    ),
    ({ $0.afterPosition = .max }, []),
    ({ $0.afterPosition = -1 }, ["after_position"]),
    ({ $0.afterOrdinal = 0 }, ["after_ordinal"]),
    (
      {
        $0.afterPosition = 1
        $0.afterOrdinal = -1
        $0.ids = [""]
        $0.kinds = [.unspecified]
      }, ["ids[0]", "after_ordinal", "kinds[0]"]
    ),
  ]

  @Test("everything wrong with a watch is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    var request = WatchTemplatesRequest()
    Self.cases[index].change(&request)
    let wrong = try wrongFields { () throws(RPCError) in
      _ = try ResourceWatch(of: "template", validating: request)
    }
    #expect(wrong == Self.cases[index].wrong)
  }

  @Test("a watch starts where it is asked to, in the journal that is named")
  func start() throws {
    var request = WatchTemplatesRequest()
    #expect(
      try ResourceWatch(of: "template", validating: request).start == WatchStart(position: .now, journal: nil)
    )
    (request.afterPosition, request.journalId) = (0, "j")
    #expect(
      try ResourceWatch(of: "template", validating: request).start
        == WatchStart(position: .oldest, journal: "j"))
  }

  typealias Match = (
    watch: @Sendable (inout WatchTemplatesRequest) -> Void, id: String, action: String, isSent: Bool
  )

  static let matches: [Match] = [
    ({ _ in }, "a", "created", true), ({ _ in }, "a", "something new", true),
    ({ $0.ids = ["a", "b"] }, "a", "created", true), ({ $0.ids = ["b"] }, "a", "created", false),
    ({ $0.ids = ["A"] }, "a", "created", false), ({ $0.ids = ["\u{e9}"] }, "e\u{301}", "created", false),
    ({ $0.ids = ["e\u{301}"] }, "e\u{301}", "created", true),
    ({ $0.kinds = [.updated, .deleted] }, "a", "deleted", true),
    ({ $0.kinds = [.updated] }, "a", "deleted", false),
    ({ $0.kinds = [.updated] }, "a", "something new", false),
    (
      {
        $0.ids = ["a"]
        $0.kinds = [.created]
      }, "a", "created", true
    ),
    (
      {
        $0.ids = ["a"]
        $0.kinds = [.created]
      }, "b", "created", false
    ),
  ]

  @Test("a change is sent when its template and what happened are those watched", arguments: matches.indices)
  func matching(_ index: Int) throws {
    let (watch, id, action, isSent) = Self.matches[index]
    var request = WatchTemplatesRequest()
    watch(&request)
    let matches = try ResourceWatch(of: "template", validating: request).matches
    #expect(try matches(.made("template", id, action)) == isSent)
    #expect(try !matches(.made("context", id, action)) && !matches(.made("", id, action)))
  }
}
