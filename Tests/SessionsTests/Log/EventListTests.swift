import CairnAPI
import GRPC
import Journal
import Requests
import TestSupport
import Testing

@testable import Sessions

@Suite struct EventListTests {
  private static let key = TokenKey([UInt8](repeating: 1, count: 32))

  private func list(_ request: ListEventsRequest, in project: String = "p") throws(RPCError) -> EventList {
    try EventList(validating: request, in: project, key: Self.key)
  }

  private static func request(_ change: (inout ListEventsRequest) -> Void = { _ in }) -> ListEventsRequest {
    var request = ListEventsRequest()
    request.session = "s"
    change(&request)
    return request
  }

  typealias Case = (change: @Sendable (inout ListEventsRequest) -> Void, wrong: [String])

  static let cases: [Case] = [
    ({ _ in }, []),
    ({ $0.session = "" }, ["session"]),
    ({ $0.pageSize = -1 }, ["page_size"]),
    ({ $0.fromSequence = -1 }, ["from_sequence"]),
    ({ $0.toSequence = -1 }, ["to_sequence"]),
    (
      {
        $0.fromSequence = 9
        $0.toSequence = 5
      }, []
    ),
    ({ $0.types = [.start, .end, .custom] }, []),
    ({ $0.types = [.start, .unspecified, .unrecognized(99)] }, ["types[1]", "types[2]"]),
    ({ $0.types = Array(repeating: .broke, count: 17) }, ["types"]),
    ({ $0.agents = ["a", "", "\n"] }, ["agents[1]", "agents[2]"]),
    ({ $0.agents = (0..<65).map(String.init) }, ["agents"]),
    ({ $0.orderBy = "sequence" }, []),
    ({ $0.orderBy = "sequence desc" }, []),
    ({ $0.orderBy = "sequence  desc" }, ["order_by"]),
    ({ $0.orderBy = "position" }, ["order_by"]),
    ({ $0.pageToken = "made up" }, ["page_token"]),
  ]

  @Test("everything wrong with a list is named", arguments: cases.indices)
  func validation(_ index: Int) throws {
    let wrong = try wrongFields { () throws(RPCError) in _ = try list(Self.request(Self.cases[index].change))
    }
    #expect(wrong == Self.cases[index].wrong)
  }

  typealias Page = (
    from: Int64, to: Int64, order: String, after: Int64?, lowest: Int64?, highest: Int64?
  )

  static let pages: [Page] = [
    (0, 0, "", nil, nil, nil),
    (5, 9, "", nil, 5, 9),
    (5, 9, "sequence desc", nil, 5, 9),
    (0, 0, "", 7, 8, nil),
    (5, 9, "", 7, 8, 9),
    (0, 0, "sequence desc", 7, nil, 6),
    (5, 9, "sequence desc", 7, 5, 6),
  ]

  @Test("a page goes on where the one before it ended", arguments: pages.indices)
  func page(_ index: Int) throws {
    let page = Self.pages[index]
    var request = Self.request {
      ($0.fromSequence, $0.toSequence, $0.orderBy) = (page.from, page.to, page.order)
    }
    if let after = page.after { request.pageToken = try list(request).nextPageToken(after: after) }
    let list = try list(request)
    #expect(list.lowest == page.lowest && list.highest == page.highest)
  }

  typealias Look = (
    change: @Sendable (inout ListEventsRequest) -> Void, oldest: Int64, last: Int64, edge: Int64?
  )

  static let looks: [Look] = [
    // Without conditions, and of messages alone, a page needs no bound.
    ({ _ in }, 1, 50_000, nil),
    ({ $0.types = [.message] }, 1, 50_000, nil),
    ({ $0.types = [.broke] }, 1, 50_000, 10_000),
    ({ $0.types = [.message, .broke] }, 1, 50_000, 10_000),
    (
      {
        $0.types = [.message]
        $0.agents = ["a"]
      }, 1, 50_000, 10_000
    ),
    ({ $0.agents = ["a"] }, 40_001, 50_001, 50_000),
    ({ $0.agents = ["a"] }, 40_001, 50_000, nil),
    ({ $0.agents = ["a"] }, 1, 0, nil),
    (
      {
        $0.agents = ["a"]
        ($0.fromSequence, $0.toSequence) = (101, 10_101)
      }, 1, 50_000, 10_100
    ),
    (
      {
        $0.agents = ["a"]
        ($0.fromSequence, $0.toSequence) = (101, 10_100)
      }, 1, 50_000, nil
    ),
    (
      {
        $0.agents = ["a"]
        ($0.fromSequence, $0.toSequence) = (.max, .max)
      }, 1, 50_000, nil
    ),
    (
      {
        $0.agents = ["a"]
        $0.orderBy = "sequence desc"
      }, 1, 50_000, 40_001
    ),
    (
      {
        $0.agents = ["a"]
        $0.orderBy = "sequence desc"
      }, 40_001, 50_000, nil
    ),
    (
      {
        $0.agents = ["a"]
        $0.orderBy = "sequence desc"
        ($0.fromSequence, $0.toSequence) = (5, 10_005)
      }, 1, 50_000, 6
    ),
  ]

  @Test("a page with conditions ends where it has looked at enough", arguments: looks.indices)
  func edge(_ index: Int) throws {
    let look = Self.looks[index]
    let list = try list(Self.request(look.change))
    #expect(list.edge(oldest: look.oldest, last: look.last) == look.edge)
  }

  static let others: [@Sendable (inout ListEventsRequest) -> Void] = [
    { $0.session = "t" }, { $0.fromSequence = 1 }, { $0.toSequence = 1 }, { $0.types = [.broke] },
    { $0.agents = ["a"] }, { $0.orderBy = "sequence desc" },
  ]

  @Test("a token is of one list alone", arguments: others.indices)
  func token(_ index: Int) throws {
    let token = try list(Self.request()).nextPageToken(after: 3)
    var request = Self.request { $0.pageToken = token }
    // The size of pages may change.
    request.pageSize = 7
    #expect(try list(request).after == 3)
    Self.others[index](&request)
    let wrong = try wrongFields { () throws(RPCError) in _ = try list(request) }
    #expect(wrong == ["page_token"])
    let elsewhere = try wrongFields { () throws(RPCError) in
      _ = try list(Self.request { $0.pageToken = token }, in: "q")
    }
    #expect(elsewhere == ["page_token"])
  }

  @Test(
    "what is asked for and gone is said",
    arguments: [
      (0, 9, false), (9, 9, false), (10, 9, false), (8, 9, true), (1, 9, true), (1, 1, false),
    ] as [(Int64, Int64, Bool)])
  func pruned(_ from: Int64, _ oldest: Int64, _ isPruned: Bool) throws {
    let list = try list(Self.request { $0.fromSequence = from })
    let error = wrong { () throws(RPCError) in try list.check(oldest: oldest) }
    #expect(error?.reason == (isPruned ? .positionPruned : nil))
    if isPruned { #expect(error?.code == .outOfRange && error?.particular("oldest_sequence") == "\(oldest)") }
  }

  private func wrong(_ body: () throws(RPCError) -> Void) -> RPCError? {
    do throws(RPCError) { try body() } catch { return error }
    return nil
  }
}
