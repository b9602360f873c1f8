import Testing

@testable import Postgres

@Suite("Connection shares")
struct ConnectionSharesTests {
  @Test(
    "every kind has its part, and the parts make the whole",
    arguments: [
      // maximum, loops: loops used, look-ups, upkeep, general, long reads
      (1, 4, [1, 0, 0, 1, 1]), (2, 1, [1, 0, 0, 2, 2]), (3, 8, [3, 0, 0, 3, 3]), (4, 1, [1, 1, 1, 2, 1]),
      (4, 2, [1, 1, 1, 2, 1]), (8, 2, [2, 2, 1, 5, 2]), (16, 1, [1, 1, 1, 14, 7]),
      (16, 2, [2, 2, 1, 13, 6]), (16, 64, [7, 7, 1, 8, 4]), (64, 16, [16, 16, 1, 47, 23]),
    ] as [(Int, Int, [Int])])
  func shares(maximum: Int, loops: Int, expected: [Int]) {
    let shares = ConnectionShares(maximum: maximum, loops: loops)
    #expect(
      [shares.loops, shares.lookups, shares.upkeep, shares.general, shares.longReads] == expected)
    #expect(shares.lookups + shares.upkeep + shares.general == maximum)
    #expect(shares.general >= shares.loops, "no loop is left without")
    #expect(shares.writesOfProject >= 1)
    if shares.general > 2, shares.lookups > 0 {
      #expect(shares.writesOfProject + shares.longReads < shares.general, "one is left for everybody else")
    }
    for minimum in 0...maximum {
      let minimums = shares.minimums(of: minimum)
      #expect(minimums.lookups + minimums.upkeep + minimums.general == minimum)
    }
  }
}
