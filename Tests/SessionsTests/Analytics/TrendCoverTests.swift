import Testing

@testable import Sessions

/// How a period is put together of stretches of time.
@Suite struct TrendCoverTests {
  private static let day: Int64 = 86_400
  private static let hour: Int64 = 3_600

  /// Each stretch as width, start and end.
  private func cover(_ start: Int64, _ end: Int64) -> [[Int64]] {
    TrendCover.stretches(of: start..<end).map { [$0.width, $0.start, $0.end] }
  }

  @Test("the widest stretches that fit are taken, smaller ones at the ends")
  func widths() {
    let (day, hour) = (Self.day, Self.hour)
    #expect(cover(0, 0) == [])
    #expect(cover(0, 300) == [[300, 0, 300]])
    #expect(cover(300, hour) == [[300, 300, hour]])
    #expect(cover(0, hour) == [[hour, 0, hour]])
    #expect(
      cover(300, 2 * hour + 600) == [
        [300, 300, hour], [hour, hour, 2 * hour], [300, 2 * hour, 2 * hour + 600],
      ])
    #expect(cover(0, 30 * day) == [[day, 0, 30 * day]])
    #expect(
      cover(day - hour - 300, 3 * day + hour + 300) == [
        [300, day - hour - 300, day - hour], [hour, day - hour, day], [day, day, 3 * day],
        [hour, 3 * day, 3 * day + hour], [300, 3 * day + hour, 3 * day + hour + 300],
      ])
    #expect(cover(-300, 300) == [[300, -300, 300]])
  }

  @Test("every period is covered once, without a gap, by few stretches")
  func covering() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let start = Int64.random(in: -1_000_000...1_000_000, using: &generator) * 300
      let end = start + Int64.random(in: 0...20_000, using: &generator) * 300
      let stretches = TrendCover.stretches(of: start..<end)
      #expect(stretches.count <= 2 * TrendCover.widths.count - 1)
      var place = start
      for stretch in stretches {
        #expect(stretch.start == place && stretch.start < stretch.end)
        #expect(stretch.start % stretch.width == 0 && stretch.end % stretch.width == 0)
        place = stretch.end
      }
      #expect(place == end)
    }
  }

  @Test("a period ends with the five minutes that are running")
  func periods() {
    for (now, end) in [(0, 300), (1, 300), (299, 300), (300, 600), (301, 600)] as [(Int64, Int64)] {
      let periods = TrendPeriods(seconds: Self.hour, now: now)
      #expect(periods.current == (end - Self.hour)..<end)
      #expect(periods.previous == (end - 2 * Self.hour)..<(end - Self.hour))
    }
  }
}
