import Testing
import Wire

@Suite("Text of well-known types")
struct WellKnownTextTests {
  @Test(
    "a timestamp is RFC 3339 in UTC",
    arguments: [
      (0, 0, "1970-01-01T00:00:00Z"), (-1, 999_999_999, "1969-12-31T23:59:59.999999999Z"),
      (951_782_400, 500_000_000, "2000-02-29T00:00:00.500Z"), (1, 1000, "1970-01-01T00:00:01.000001Z"),
      (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
      (253_402_300_799, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
      (1_709_251_199, 0, "2024-02-29T23:59:59Z"), (4_107_542_400, 0, "2100-03-01T00:00:00Z"),
    ] as [(Int64, Int32, String)])
  func timestamps(seconds: Int64, nanos: Int32, text: String) throws {
    #expect(TimestampText.format(seconds: seconds, nanos: nanos) == text)
    let parsed = try #require(TimestampText.parse(text))
    #expect(parsed == (seconds, nanos))
  }

  @Test("every day of 800 years comes back")
  func everyDay() {
    for day in stride(from: Int64(-370 * 366), to: 430 * 366, by: 1) {
      let text = TimestampText.format(seconds: day * 86400, nanos: 0)
      #expect(text.flatMap(TimestampText.parse)?.seconds == day * 86400)
    }
  }

  @Test(
    "other zones are read",
    arguments: [
      ("1970-01-01T01:00:00+01:00", 0), ("1969-12-31T18:30:00-05:30", 0),
      ("1970-01-01T00:00:00.1Z", 0),
    ] as [(String, Int64)])
  func zones(text: String, seconds: Int64) {
    #expect(TimestampText.parse(text)?.seconds == seconds)
  }

  @Test(
    "what is no timestamp is refused",
    arguments: [
      "", "1970-01-01", "1970-01-01T00:00:00", "1970-1-01T00:00:00Z", "2023-02-29T00:00:00Z",
      "1970-13-01T00:00:00Z", "1970-01-01t00:00:05Z", "1970-01-01T00:00:05z", "1970-01-01T24:00:00Z",
      "1970-01-01T00:00:60Z", "1970-01-01T00:00:00.Z",
      "1970-01-01T00:00:00.1234567890Z", "1970-01-01T00:00:00Zx", "0000-12-31T00:00:00Z",
      "0001-01-01T00:00:00+00:01", "1970-01-01 00:00:00Z", "1970-01-01T00:00:00+24:00",
    ])
  func badTimestamps(text: String) {
    #expect(TimestampText.parse(text) == nil)
  }

  @Test("a timestamp out of range has no text")
  func timestampRange() {
    #expect(TimestampText.format(seconds: 253_402_300_800, nanos: 0) == nil)
    #expect(TimestampText.format(seconds: .min, nanos: 0) == nil)
    #expect(TimestampText.format(seconds: 0, nanos: -1) == nil)
    #expect(TimestampText.format(seconds: 0, nanos: 1_000_000_000) == nil)
  }

  @Test(
    "a duration is seconds with an s",
    arguments: [
      (0, 0, "0s"), (1, 500_000_000, "1.500s"), (-1, -1, "-1.000000001s"), (0, -250_000, "-0.000250s"),
      (315_576_000_000, 0, "315576000000s"), (-315_576_000_000, 0, "-315576000000s"),
      (315_576_000_000, 999_999_999, "315576000000.999999999s"),
      (-315_576_000_000, -999_999_999, "-315576000000.999999999s"),
    ] as [(Int64, Int32, String)])
  func durations(seconds: Int64, nanos: Int32, text: String) throws {
    #expect(DurationText.format(seconds: seconds, nanos: nanos) == text)
    let parsed = try #require(DurationText.parse(text))
    #expect(parsed == (seconds, nanos))
  }

  @Test(
    "what is no duration is refused",
    arguments: [
      "", "1", "s", ".5s", "1.s", "1.0000000001s", "315576000001s", "-315576000001s", "+1s", "1 s", "--1s",
      "1e3s",
    ])
  func badDurations(text: String) {
    #expect(DurationText.parse(text) == nil)
  }

  @Test("a duration of two signs has no text")
  func mixedSigns() {
    #expect(DurationText.format(seconds: 1, nanos: -1) == nil)
    #expect(DurationText.format(seconds: -1, nanos: 1) == nil)
    #expect(DurationText.format(seconds: .min, nanos: 0) == nil)
  }

  @Test(
    "a field mask is its paths in lowerCamelCase",
    arguments: [
      ([], ""), (["a"], "a"), (["create_time", "data.media_type"], "createTime,data.mediaType"),
      (["a1b"], "a1b"),
    ])
  func masks(paths: [String], text: String) {
    #expect(FieldMaskText.format(paths) == text)
    #expect(FieldMaskText.parse(text) == paths)
  }

  @Test("paths that would not come back have no text", arguments: ["aB", "a__b", "a_1", "a_", "a,b", ""])
  func badPaths(path: String) {
    #expect(FieldMaskText.format([path]) == nil)
  }

  @Test("masks with underscores or empty paths are refused", arguments: ["a_b", "a,", ",", "a,,b"])
  func badMasks(text: String) {
    #expect(FieldMaskText.parse(text) == nil)
  }
}
