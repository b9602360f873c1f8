import EventLoop
import Testing

@testable import Sessions

@Suite struct ReplayPaceTests {
  private static let start = Instant(nanoseconds: 1_000_000_000_000)

  /// How long after the first frame, in milliseconds, the others are due, each sent when it is.
  private func due(_ pace: ReplayPace, _ times: [Int64]) -> [Int64] {
    var pace = pace
    var now = Self.start
    return times.map { time in
      now = max(now, pace.dueTime(of: time) ?? now)
      pace.sent(time, at: now)
      return (now.nanoseconds - Self.start.nanoseconds) / 1_000_000
    }
  }

  @Test(
    "gaps are divided by the speed, and bounded",
    arguments: [
      (1.0, nil, [0, 1_000, 1_500]), (2.0, nil, [0, 500, 750]), (0.5, nil, [0, 2_000, 3_000]),
      (0.0, nil, [0, 0, 0]), (1.0, 600_000, [0, 600, 1_100]), (4.0, 600_000, [0, 250, 375]),
    ] as [(Double, Int64?, [Int64])])
  func gaps(speed: Double, maxGap: Int64?, expected: [Int64]) {
    #expect(due(ReplayPace(speed: speed, maxGap: maxGap), [0, 1_000_000, 1_500_000]) == expected)
  }

  @Test("a clock that was put back makes no gap") func clock() {
    #expect(due(ReplayPace(speed: 1, maxGap: nil), [5_000_000, 1_000_000, 2_000_000]) == [0, 0, 1_000])
  }

  @Test("no gap outlasts a year, however slow it is played") func year() {
    let pace = ReplayPace(speed: 0.001, maxGap: nil)
    #expect(due(pace, [0, 10_000 * 31_536_000_000_000]) == [0, 31_536_000_000])
  }

  @Test("what was left of a gap when it was paused is left of it afterwards") func paused() {
    var pace = ReplayPace(speed: 1, maxGap: nil)
    pace.sent(0, at: Self.start)
    pace.pause(at: Self.start + .milliseconds(400))
    pace.pause(at: Self.start + .milliseconds(500))
    #expect(pace.isPaused)
    pace.resume(at: Self.start + .seconds(100))
    #expect(!pace.isPaused)
    #expect(pace.dueTime(of: 1_000_000) == Self.start + .milliseconds(100_600))
  }

  @Test("what is sent in a pause begins the gap that follows it") func sentInPause() {
    var pace = ReplayPace(speed: 1, maxGap: nil)
    pace.sent(0, at: Self.start)
    pace.pause(at: Self.start)
    pace.jump()
    #expect(pace.dueTime(of: 9_000_000) == nil)
    pace.sent(9_000_000, at: Self.start + .seconds(5))
    pace.resume(at: Self.start + .seconds(7))
    #expect(pace.dueTime(of: 10_000_000) == Self.start + .seconds(8))
  }

  @Test("who reads too slowly is not sent all at once afterwards") func slow() {
    var pace = ReplayPace(speed: 1, maxGap: nil)
    pace.sent(0, at: Self.start)
    pace.sent(1_000_000, at: Self.start + .seconds(60))
    #expect(pace.dueTime(of: 2_000_000) == Self.start + .seconds(60))
    #expect(pace.dueTime(of: 3_000_000) == Self.start + .seconds(61))
  }
}
