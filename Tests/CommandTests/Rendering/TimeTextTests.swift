import Testing
import Wire

@testable import cairn

@Suite("Times for people")
struct TimeTextTests {
  @Test(
    "spans are told in their largest unit",
    arguments: [
      (-5, "0s"), (0, "0s"), (59, "59s"), (60, "1m"), (3599, "59m"), (3600, "1h"), (48 * 3600 - 1, "47h"),
      (48 * 3600, "2d"), (3650 * 86_400, "3650d"),
    ] as [(Int64, String)])
  func spans(seconds: Int64, shown: String) {
    #expect(TimeText.span(microseconds: seconds * 1_000_000) == shown)
  }

  @Test("a time is as long as every other")
  func moments() {
    #expect(TimeText.moment(.init(seconds: 1_795_328_103, nanos: 7_999_999)) == "2026-11-22 06:15:03.007")
    #expect(TimeText.moment(.init(seconds: 0)) == "1970-01-01 00:00:00.000")
    #expect(TimeText.moment(nil) == "?" && TimeText.moment(.init(seconds: .max)) == "?")
  }

  @Test("what is to come, and what was")
  func relative() {
    let now = WellKnown.Timestamp(seconds: 1000)
    #expect(TimeText.relative(.init(seconds: 1061), now: now) == "in 1m")
    #expect(TimeText.relative(.init(seconds: 995), now: now) == "5s ago")
    #expect(TimeText.relative(now, now: now) == "0s ago")
    #expect(TimeText.age(of: .init(seconds: 940), now: now) == "1m" && TimeText.age(of: nil, now: now) == "?")
  }
}
