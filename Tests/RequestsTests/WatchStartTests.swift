import GRPC
import Journal
import TestSupport
import Testing

@testable import Requests

@Suite struct WatchStartTests {
  typealias Case = (position: Int64?, ordinal: Int32?, start: StartPosition, wrong: [String])

  static let cases: [Case] = [
    (nil, nil, .now, []),
    (0, nil, .oldest, []),
    (1, nil, .after(1, ordinal: nil), []),
    (7, 3, .after(7, ordinal: 3), []),
    (7, 0, .after(7, ordinal: 0), []),
    (-1, nil, .after(-1, ordinal: nil), ["after_position"]),
    (7, -1, .after(7, ordinal: -1), ["after_ordinal"]),
    (nil, 2, .now, ["after_ordinal"]),
    (nil, -2, .now, ["after_ordinal", "after_ordinal"]),
  ]

  @Test("a feed starts now, with all that there is, or behind a place", arguments: cases.indices)
  func start(_ index: Int) throws {
    let (position, ordinal, expected, wrong) = Self.cases[index]
    var violations = Violations()
    let start = violations.watchStart(afterPosition: position, afterOrdinal: ordinal, journalID: "")
    #expect(start == WatchStart(position: expected, journal: nil))
    #expect(try wrongFields { () throws(RPCError) in try violations.check() } == wrong)
  }

  @Test("the journal is checked where one is named")
  func journal() {
    var violations = Violations()
    #expect(violations.watchStart(afterPosition: 1, afterOrdinal: nil, journalID: "j").journal == "j")
    #expect(violations.isEmpty)
  }
}
