import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Testing

@testable import Contexts

extension TokenKey {
  static let test = TokenKey(Array(repeating: 7, count: 32))
}

/// What stands in a token that was sealed is nobody's choice but the server's, of whatever release. It may still
/// be strange, and then it is refused.
@Suite struct SealedPlacesTests {
  private static let moment = Moment(position: 1, time: PostgresTimestamp(microseconds: 0))

  @Test(
    "a seal is the first half of HMAC-SHA-256",
    arguments: [
      ("", "", "b613679a0814d9ec772f95d778c35fc5"),
      ("key", "The quick brown fox jumps over the lazy dog", "f7bc83f430538424b13298e6aa6fb143"),
    ])
  func seals(_ key: String, _ message: String, _ seal: String) {
    let key = TokenKey(Array(key.utf8))
    let code = key.seal(Array(message.utf8))
    #expect(code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == seal)
    #expect(key.matches(code, for: Array(message.utf8)))
    for index in code.indices {
      var wrong = code
      wrong[index] ^= 1
      #expect(!key.matches(wrong, for: Array(message.utf8)))
    }
    #expect(!key.matches(code.dropLast(), for: Array(message.utf8)) && !key.matches([], for: []))
  }

  @Test(
    "a list of relationships goes on from a place only",
    arguments: [
      ("out\ta\t1\t\tb", true), ("in\ta\t32767\tn\tb", true), ("out\ta\t99999\t\tb", false),
      ("out\ta\t-32769\t\tb", false), ("out\ta\t\t\tb", false), ("out\ta\t1\tb", false), ("\t\t\t\t", false),
      ("x", false),
    ])
  func relationships(_ id: String, _ isPlace: Bool) {
    for time in [0, .min, .max] as [Int64] {
      #expect((RelationshipPlace(PageToken(time: time, id: id)) != nil) == isPlace)
    }
  }

  @Test(
    "an export goes on from a place only",
    arguments: [
      (0, ">", true), (7, ">a", true), (7, ">\u{301}", true), (7, "~", true), (7, "~a\t1\t\tb\t0", true),
      (1 << 53, ">a", true), (.max, ">a", false), (-1, ">a", false), (.min, ">a", false), (7, "a", false),
      (7, "~a\t99999\t\tb\t0", false), (7, "~a\t1\t\tb", false),
      (7, "~a\t1\t\tb\t9223372036854775808", false),
    ] as [(Int64, String, Bool)])
  func exports(_ sent: Int64, _ id: String, _ isPlace: Bool) {
    let cursor = ExportCursor(PageToken(time: sent, id: id, moment: Self.moment))
    #expect((cursor != nil) == isPlace)
    if let cursor { #expect(ExportCursor(cursor.pageToken) == cursor) }
    #expect(ExportCursor(PageToken(time: sent, id: id)) == nil)
  }
}
