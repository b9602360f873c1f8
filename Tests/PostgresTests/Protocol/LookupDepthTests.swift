import Testing

@testable import Postgres

@Suite struct LookupDepthTests {
  /// Results that arrive together: how many, their bytes in all, and how many are still to come.
  @Test(
    arguments: [
      (arrivals: [], most: 512, limit: 32),
      ([(1, 2000, 0)], 512, 32),
      ([(1, 1_000_000, 15)], 512, 4),
      ([(10, 1_000_000, 100)], 512, 41),
      ([(10, 20_000, 6)], 512, 32),
      (Array(repeating: (100, 200_000, 200), count: 60), 512, 512),
      (Array(repeating: (100, 200_000, 200), count: 60) + [(1, 2000, 0)], 512, 32),
      (Array(repeating: (100, 200_000, 200), count: 60) + [(1, 900_000, 500)], 512, 4),
      ([], 8, 8), ([(1, 1_000_000, 1)], 2, 2), ([(0, 0, 100)], 512, 32),
    ] as [([(Int, Int, Int)], Int, Int)])
  func `Some megabytes are under way, and twice as many as before`(
    arrivals: [(Int, Int, Int)], most: Int, limit: Int
  ) {
    var depth = LookupDepth(most: most)
    for (results, bytes, underWay) in arrivals {
      depth.came(results: results, bytes: bytes, underWay: underWay)
    }
    #expect(depth.limit == limit)
  }
}
