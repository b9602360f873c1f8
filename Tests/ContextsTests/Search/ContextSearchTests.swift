import CairnAPI
import Requests
import Testing

@testable import Contexts
@testable import GRPC

@Suite struct ContextSearchTests {
  @Test(
    "orders of a search",
    arguments: [
      ("", SearchOrder(key: .score, isDescending: true)),
      ("relevance", SearchOrder(key: .score, isDescending: true)),
      (" relevance  desc", SearchOrder(key: .score, isDescending: true)),
      ("create_time", SearchOrder(key: .createTime, isDescending: false)),
      ("update_time desc", SearchOrder(key: .updateTime, isDescending: true)),
      ("relevance asc", nil), ("id", nil), ("title", nil), ("create_time,update_time", nil),
    ] as [(String, SearchOrder?)])
  func orders(_ text: String, _ order: SearchOrder?) {
    #expect(SearchOrder(text) == order)
  }

  @Test("page sizes are cut to what is allowed", arguments: [(0, 20), (1, 1), (100, 100), (101, 100)])
  func pageSize(_ asked: Int32, _ used: Int) throws {
    var request = SearchRequest()
    request.pageSize = asked
    #expect(try ContextSearch(validating: request, project: "p", key: .test).pageSize == used)
  }

  @Test("a place survives its token", arguments: [0, 0.0607927, -1, 1_700_000_000.123456, .infinity])
  func places(_ value: Double) {
    let place = SearchPlace(value: value, number: 17, newest: .max)
    #expect(SearchPlace(place.token(nil)) == place)
  }

  @Test("tokens of other lists are no place", arguments: ["", "x", "1", "1/2/3", "1/x", "/", "-1/2", "1/-2"])
  func strangeTokens(_ id: String) {
    #expect(SearchPlace(PageToken(time: 0, id: id)) == nil)
  }

  @Test("a page token is good for the same query, filter, order and project only")
  func fingerprints() throws {
    func search(
      _ project: String = "p", _ change: (inout SearchRequest) -> Void = { _ in }
    ) throws -> ContextSearch {
      var request = SearchRequest()
      request.query = "q"
      change(&request)
      return try ContextSearch(validating: request, project: project, key: .test)
    }
    let same = try search().seal.query
    #expect(
      try search {
        $0.pageSize = 3
        $0.facets = ["tag"]
        $0.highlight = true
        $0.view = .basic
        $0.orderBy = "relevance"
      }.seal.query == same)
    #expect(try search("other").seal.query != same)
    let others: [(inout SearchRequest) -> Void] = [
      { $0.query = "r" }, { $0.orderBy = "create_time" }, { $0.asOf = AsOf() },
      { $0.filter = ContextFilter.with { $0.owner = "o" } },
    ]
    for other in others { #expect((try? search("p", other))?.seal.query != same) }
  }

  @Test(
    "highlights are cut at their marks",
    arguments: [
      ("plain", [["plain"]]), ("a \u{E000}b\u{E001} c", [["a ", "*b", " c"]]),
      ("\u{E000}b\u{E001}", [["*b"]]), ("x\u{E002}\u{E000}y\u{E001}z", [["x"], ["*y", "z"]]),
      ("\u{E000}a\u{E001} \u{E000}b\u{E001}", [["*a", " ", "*b"]]), ("", []),
    ] as [(String, [[String]])])
  func highlights(_ text: String, _ passages: [[String]]) {
    #expect(Highlight(marked: text).cut == passages)
  }

  @Test(
    "highlights have what stands in the text for what its parser could not bear",
    arguments: [
      ("a \u{E000}b\u{E001} c", "a<b>c", [["a<", "*b", ">c"]]),
      ("\u{E000}x\u{E001}\u{3000}y\u{E002}z ", "x\u{E001}yz&", [["*x", "\u{E001}y"], ["z&"]]),
      ("of another length", "never", [["of another length"]]), ("", "", []),
    ] as [(String, String, [[String]])])
  func writtenHighlights(_ marked: String, _ written: String, _ passages: [[String]]) {
    #expect(Highlight(of: [marked, written]).cut == passages)
  }
}

extension Highlight {
  fileprivate var cut: [[String]] { passages.map { $0.parts.map { ($0.match ? "*" : "") + $0.text } } }
}

extension ContextFilter {
  fileprivate static func with(_ change: (inout ContextFilter) -> Void) -> ContextFilter {
    var filter = ContextFilter()
    change(&filter)
    return filter
  }
}
