import Testing

@testable import Sessions

/// How evenly agents share the work.
@Suite struct CollaborationScoreTests {
  @Test(
    "1 - variance / mean²",
    arguments: [
      ([10, 10], 1), ([19, 1], 0.19), ([20], 0), ([], 0), ([3, 3, 3], 1), ([100, 1, 1], 0),
      ([4, 2], 8.0 / 9),
    ] as [([Double], Double)])
  func scores(events: [Double], expected: Double) {
    let score = CollaborationScore.score(
      agents: Int64(events.count), events: events.reduce(0, +), squares: events.reduce(0) { $0 + $1 * $1 })
    #expect(abs(score - expected) < 1e-12)
  }

  @Test("rounding makes nothing more than even, and no counts are no score")
  func bounds() {
    #expect(CollaborationScore.score(agents: 3, events: 1e9, squares: 1e18 / 3 - 1e6) == 1)
    #expect(CollaborationScore.score(agents: 2, events: 0, squares: 0) == 0)
  }
}
