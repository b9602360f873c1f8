import CairnAPI
import Journal
import Postgres
import Requests
import Testing
import Wire

@testable import Contexts
@testable import GRPC

@Suite struct ListRulesTests {
  @Test(
    "orders are read as AIP-132 writes them",
    arguments: [
      ("", ListOrder(key: .createTime, isDescending: true)), ("id", ListOrder(key: .id, isDescending: false)),
      ("create_time", ListOrder(key: .createTime, isDescending: false)),
      ("  update_time   desc ", ListOrder(key: .updateTime, isDescending: true)),
      ("id asc", ListOrder(key: .id, isDescending: false)),
      ("title", nil), ("id down", nil), ("id,create_time", nil), ("id desc desc", nil), ("ID", nil),
      (";", nil),
    ] as [(String, ListOrder?)])
  func orders(_ text: String, _ order: ListOrder?) {
    #expect(ListOrder(text) == order)
  }

  @Test("a page token survives its text")
  func token() {
    let query = PageSeal(Fingerprint(parts: ["q"]), .test)
    for (time, id) in [(0, "x"), (-1, "ü/🪨"), (Int64.max, String(repeating: "y", count: 128)), (.min, "+/=")]
    {
      let moments = [nil, Moment(position: 7, time: PostgresTimestamp(microseconds: time))]
      for token in moments.map({ PageToken(time: time, id: id, moment: $0) }) {
        let text = token.text(for: query)
        #expect(PageToken(text, for: query) == token)
        #expect(
          text.utf8.allSatisfy {
            $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "=")
          }
        )
        #expect(PageToken(text, for: PageSeal(Fingerprint(parts: ["other"]), .test)) == nil)
        #expect(PageToken(text, for: PageSeal(query.query, TokenKey(Array(repeating: 8, count: 32)))) == nil)
      }
    }
  }

  @Test("a damaged page token is no page token")
  func damaged() throws {
    let query = PageSeal(Fingerprint(parts: ["q"]), .test)
    let text = PageToken(time: 1_700_000_000_000_000, id: "context").text(for: query)
    let bytes = try #require(Base64.decode(text.utf8))
    for index in bytes.indices {
      for bit in 0..<8 {
        var damaged = bytes
        damaged[index] ^= 1 << UInt8(bit)
        #expect(PageToken(Base64.encode(damaged), for: query) == nil)
      }
    }
    for length in bytes.indices { #expect(PageToken(Base64.encode(bytes[..<length]), for: query) == nil) }
    for garbage in ["", "x", "!!!!", "nonsense", String(repeating: "A", count: 100_000)] {
      #expect(PageToken(garbage, for: query) == nil)
    }
  }

  @Test("a page token is good for the same filter, order, view of the deleted, and project only")
  func fingerprints() throws {
    func list(_ project: String = "p", _ change: (inout ListContextsRequest) -> Void = { _ in }) throws
      -> ContextList
    {
      var request = ListContextsRequest()
      request.filter = ContextFilter()
      request.filter?.owner = "o"
      change(&request)
      return try ContextList(validating: request, project: project, key: .test)
    }
    let token = try list().nextPageToken(after: PageToken(time: 1, id: "x"))
    let same = try list {
      $0.pageToken = token
      $0.pageSize = 7
      $0.view = .basic
      $0.orderBy = "create_time desc"
    }
    #expect(same.after == PageToken(time: 1, id: "x") && same.pageSize == 7 && same.detail == .basic)
    let others: [(inout ListContextsRequest) -> Void] = [
      { $0.filter = nil }, { $0.filter?.owner = "p" }, { $0.filter?.session = "s" }, { $0.orderBy = "id" },
      { $0.showDeleted = true }, { $0.filter?.tags = ["t"] },
    ]
    for other in others {
      let error = #expect(throws: RPCError.self) {
        try list {
          other(&$0)
          $0.pageToken = token
        }
      }
      #expect(error?.reason == .pageTokenInvalid)
    }
    #expect(throws: RPCError.self) { try list("q") { $0.pageToken = token } }
  }

  @Test(
    "page sizes are cut to what is allowed",
    arguments: [(0, 50), (1, 1), (1000, 1000), (1001, 1000)] as [(Int32, Int)])
  func pageSize(_ asked: Int32, _ used: Int) throws {
    var request = ListContextsRequest()
    request.pageSize = asked
    #expect(try ContextList(validating: request, project: "p", key: .test).pageSize == used)
  }

  @Test("bounds in time are rounded up to the microseconds that are stored")
  func times() {
    var filter = ContextFilter()
    filter.createdFrom = WellKnown.Timestamp(seconds: 1, nanos: 1)
    filter.createdBefore = WellKnown.Timestamp(seconds: -1, nanos: 999_999_000)
    filter.updatedFrom = WellKnown.Timestamp(seconds: -62_135_596_800)
    filter.updatedBefore = WellKnown.Timestamp(seconds: 253_402_300_799, nanos: 999_999_999)
    var violations = Violations()
    let conditions = ContextConditions(validating: filter, showDeleted: false, at: "filter", &violations)
    #expect(violations.isEmpty)
    #expect(conditions.created == .init(from: 1_000_001, before: -1))
    #expect(conditions.updated == .init(from: -62_135_596_800_000_000, before: 253_402_300_800_000_000))
    filter.createdFrom = WellKnown.Timestamp(seconds: 253_402_300_800)
    filter.updatedFrom = WellKnown.Timestamp(seconds: 0, nanos: 1_000_000_000)
    _ = ContextConditions(validating: filter, showDeleted: false, at: "filter", &violations)
    #expect(violations.listed.map(\.field) == ["filter.created_from", "filter.updated_from"])
  }
}
