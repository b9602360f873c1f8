import Journal
import Postgres
import Testing
import Wire

@Suite("Times of messages and of the database")
struct TimestampTests {
  @Test(
    "a time is the same on the way to the database and back",
    arguments: [0, 1, -1, 1_700_000_000_123_456, -62_135_596_800_000_000, .max, .min])
  func roundTrip(microseconds: Int64) {
    let stored = PostgresTimestamp(microseconds: microseconds)
    let time = WellKnown.Timestamp(stored)
    #expect((0..<1_000_000_000).contains(time.nanos))
    #expect(time == WellKnown.Timestamp(microseconds: microseconds))
    #expect(PostgresTimestamp(time) == stored && time.microseconds == microseconds)
  }

  @Test("nanoseconds below a microsecond are cut off, before 1970, too")
  func cutOff() {
    #expect(WellKnown.Timestamp(seconds: 1, nanos: 1_999).microseconds == 1_000_001)
    #expect(WellKnown.Timestamp(seconds: -1, nanos: 1_999).microseconds == -999_999)
  }
}
