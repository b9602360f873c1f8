import GRPC
import Journal
import TestSupport
import Testing

@testable import Requests

@Suite struct PagingTests {
  private let seal = PageSeal(Fingerprint(parts: ["a list"]), TokenKey(Array(repeating: 7, count: 32)))

  @Test(
    "a page size of 0 is the standard one, too many are cut, and fewer than none are wrong",
    arguments: [
      (0, 50, []), (1, 1, []), (1_000, 1_000, []), (1_001, 1_000, []), (.max, 1_000, []),
      (-1, 50, ["page_size"]), (.min, 50, ["page_size"]),
    ] as [(Int32, Int, [String])])
  func size(_ asked: Int32, _ size: Int, _ wrong: [String]) throws {
    var violations = Violations()
    #expect(violations.pageSize(asked) == size)
    #expect(try wrongFields { () throws(RPCError) in try violations.check() } == wrong)
  }

  @Test("the first page has no token; another list's, a cut and a made-up one are refused")
  func token() {
    let token = PageToken(time: 5, id: "x")
    let text = token.text(for: seal)
    var violations = Violations()
    #expect(violations.pageToken("", seal: seal) == nil)
    #expect(violations.pageToken(text, seal: seal) == token)
    #expect(violations.isEmpty)
    let other = PageSeal(Fingerprint(parts: ["another list"]), TokenKey(Array(repeating: 7, count: 32)))
    for (index, (text, seal)) in [
      (text, other), (String(text.dropLast()), seal), ("made-up", seal), ("\u{0}", seal),
    ].enumerated() {
      #expect(violations.pageToken(text, seal: seal) == nil)
      #expect(violations.count == index + 1)
    }
    #expect(violations.error()?.reason == .pageTokenInvalid)
  }
}
