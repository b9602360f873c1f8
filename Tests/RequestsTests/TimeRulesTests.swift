import Postgres
import Testing
import Wire

@testable import Requests

@Suite struct TimeRulesTests {
  private static let years = (first: Int64(-62_135_596_800), last: Int64(253_402_300_799))

  @Test(
    "as a bound a time is rounded up to microseconds, and stored it is rounded down",
    arguments: [
      (5, 0, 5_000_000, 0), (5, 1, 5_000_001, 0), (5, 1_000, 5_000_001, 1_000), (5, 1_001, 5_000_002, 1_000),
      (5, 999_999_999, 6_000_000, 999_999_000), (-1, 500, -999_999, 0),
    ] as [(Int64, Int32, Int64, Int32)])
  func rounding(_ seconds: Int64, _ nanos: Int32, _ bound: Int64, _ storedNanos: Int32) {
    let time = WellKnown.Timestamp(seconds: seconds, nanos: nanos)
    var violations = Violations()
    #expect(violations.time(time, at: "at") == bound)
    #expect(
      violations.storedTime(time, at: "at") == WellKnown.Timestamp(seconds: seconds, nanos: storedNanos))
    #expect(violations.isEmpty)
  }

  @Test(
    "times are those of the years 1 to 9999, with nanoseconds of one second",
    arguments: [
      (years.first, 0, true), (years.last, 999_999_999, true), (years.first - 1, 0, false),
      (years.last + 1, 0, false), (0, -1, false), (0, 1_000_000_000, false), (.max, .max, false),
      (.min, .min, false),
    ] as [(Int64, Int32, Bool)])
  func bounds(_ seconds: Int64, _ nanos: Int32, _ isFine: Bool) {
    let time = WellKnown.Timestamp(seconds: seconds, nanos: nanos)
    var violations = Violations()
    #expect((violations.time(time, at: "at") != nil) == isFine)
    #expect((violations.storedTime(time, at: "at") != nil) == isFine)
    #expect(violations.count == (isFine ? 0 : 2))
  }

  @Test("no time is no time, and nothing is wrong with it")
  func absent() {
    var violations = Violations()
    #expect(violations.time(nil, at: "at") == nil && violations.storedTime(nil, at: "at") == nil)
    #expect(violations.isEmpty)
  }
}
