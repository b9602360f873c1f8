import CairnAPI
import Testing

@testable import Sessions

/// Which way a figure goes.
@Suite struct SessionTrendTests {
  @Test(
    "up and down by more than a tenth",
    arguments: [
      (100, 110, .stable, 0.1), (100, 111, .up, 0.11), (100, 90, .stable, -0.1), (100, 89, .down, -0.11),
      (10, 0, .down, -1), (7, 7, .stable, 0), (0, 0, .stable, nil), (0, 1, .up, nil), (1, .max, .up, 0x1p63),
    ] as [(Int64, Int64, SessionTrend.Direction, Double?)])
  func directions(before: Int64, now: Int64, direction: SessionTrend.Direction, change: Double?) {
    let trend = SessionTrend(.events, from: before, to: now)
    #expect(trend.metric == .events && trend.direction == direction && trend.change == change)
  }
}
