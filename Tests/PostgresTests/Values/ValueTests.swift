import TestSupport
import Testing

@testable import Postgres

@Suite("Values")
struct ValueTests {
  /// Sends a value to PostgreSQL and gets it back, in binary both ways.
  private func roundTrip<T: PostgresValue & Equatable>(
    _ value: T, as type: String, on connection: BlockingConnection
  ) throws {
    let row = try connection.query("SELECT $1::\(type)", [value]).only()
    #expect(try row.decode(0, as: T.self) == value)
  }

  @Test("every type survives the way to the database and back")
  func roundTrips() throws {
    let connection = try BlockingConnection(url: TestDatabase.clusterURL)
    for value in [true, false] { try roundTrip(value, as: "bool", on: connection) }
    for value in [Int16.min, -1, 0, .max] { try roundTrip(value, as: "int2", on: connection) }
    for value in [Int32.min, -1, 0, .max] { try roundTrip(value, as: "int4", on: connection) }
    for value in [Int64.min, -1, 0, .max] { try roundTrip(value, as: "int8", on: connection) }
    for value in [0, -0.5, .infinity, Double.greatestFiniteMagnitude] {
      try roundTrip(value, as: "float8", on: connection)
    }
    for value in ["", "a", "Grüße, 世界 🪨", String(repeating: "x", count: 100_000)] {
      try roundTrip(value, as: "text", on: connection)
    }
    for value in [[], [0, 1, 255], [UInt8](repeating: 7, count: 70_000)] as [[UInt8]] {
      try roundTrip(value, as: "bytea", on: connection)
    }
    let id = UUID128.makeVersion7()
    try roundTrip(id, as: "uuid", on: connection)
    for value in [
      PostgresTimestamp(microseconds: 0), .now, .infinity, .negativeInfinity, .init(microseconds: -1),
    ] {
      try roundTrip(value, as: "timestamptz", on: connection)
    }
    try roundTrip(JSONB("{\"a\": [1, null]}"), as: "jsonb", on: connection)
    try roundTrip([String](), as: "text[]", on: connection)
    try roundTrip(["", "a", "b,\"c\""], as: "text[]", on: connection)
    try roundTrip([1, -1, .max] as [Int64], as: "int8[]", on: connection)
    try roundTrip([id, .zero], as: "uuid[]", on: connection)
    try roundTrip([[], [1, 2], [0]] as [[UInt8]], as: "bytea[]", on: connection)
    try roundTrip(["a", nil] as [String?], as: "text[]", on: connection)
    try roundTrip([true, false], as: "bool[]", on: connection)
    try roundTrip([PostgresTimestamp.now], as: "timestamptz[]", on: connection)
    try roundTrip(String?.none, as: "text", on: connection)
    try roundTrip(String?.some(""), as: "text", on: connection)
    try roundTrip([String]?.none, as: "text[]", on: connection)
    try roundTrip([UInt8]?.some([]), as: "bytea", on: connection)
  }

  @Test("PostgreSQL reads what is sent as what is meant")
  func meaning() throws {
    let connection = try BlockingConnection(url: TestDatabase.clusterURL)
    let id = UUID128("0190a0b0-c0d0-7123-8456-789abcdef012")!
    let stamp = PostgresTimestamp(seconds: 1_700_000_000, nanoseconds: 123_456_000)
    let row = try connection.query(
      "SELECT $1::uuid::text, $2::timestamptz::text, $3::jsonb ->> 'k', $4::text[]::text, $5::bytea::text",
      [id, stamp, JSONB("{\"k\":\"v\"}"), ["a", "b"], [0xca, 0xfe] as [UInt8]]
    ).only()
    #expect(try row.decode(0, as: String.self) == id.description)
    #expect(try row.decode(1, as: String.self) == "2023-11-14 22:13:20.123456+00")
    #expect(try row.decode(2, as: String.self) == "v")
    #expect(try row.decode(3, as: String.self) == "{a,b}")
    #expect(try row.decode(4, as: String.self) == "\\xcafe")
  }

  @Test("text with a NUL is refused before it is sent, and said so")
  func nul() throws {
    let connection = try BlockingConnection(url: TestDatabase.clusterURL)
    for value in ["a\0b", "\0"] {
      let error = #expect(throws: PostgresError.self) {
        try connection.query("SELECT $1::text", [value])
      }
      #expect(error?.kind == .invalidParameter && error?.message.contains("NUL") == true)
    }
    #expect(throws: PostgresError.self) { try connection.query("SELECT $1::text[]", [["a", "\0"]]) }
  }

  @Test("a column of another type, or NULL where none is expected, is a typed error")
  func mismatches() throws {
    let connection = try BlockingConnection(url: TestDatabase.clusterURL)
    let row = try connection.query("SELECT now() AS at, NULL::text AS body, 1::int4, ARRAY[NULL::text]")
      .only()
    #expect(throws: PostgresError.self) { try row.decode(0, as: Int64.self) }
    #expect(throws: PostgresError.self) { try row.decode(0, as: String.self) }
    let error = #expect(throws: PostgresError.self) { try row.decode(1, as: String.self) }
    #expect(error?.message.contains("body") == true)
    #expect(try row.decode(1, as: String?.self) == nil)
    #expect(try row.decode(2, as: Int64.self) == 1)
    #expect(throws: PostgresError.self) { try row.decode(3, as: [String].self) }
    #expect(try row.decode(3, as: [String?].self) == [nil])
  }

  @Test("broken array bytes are refused, whatever they claim")
  func brokenArrays() throws {
    let good: [UInt8] = [
      0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 25, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 65,
    ]
    #expect(try good.withUnsafeBytes { try [String](decoding: $0) } == ["A"])
    for length in 0..<good.count {
      #expect(throws: PostgresError.self) {
        try good[..<length].withUnsafeBytes { try [String](decoding: $0) }
      }
    }
    for position in good.indices {
      var bad = good
      bad[position] = 0xff
      _ = try? bad.withUnsafeBytes { try [String](decoding: $0) }
    }
  }

  @Test("a UUID reads its own text and nothing else")
  func uuidText() {
    let id = UUID128(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
    #expect(id.description == "01234567-89ab-cdef-fedc-ba9876543210")
    #expect(UUID128("01234567-89AB-CDEF-fedc-ba9876543210") == id)
    for text in [
      "", "0123456789abcdeffedcba9876543210", "01234567-89ab-cdef-fedc-ba987654321",
      "01234567-89ab-cdef-fedc-ba98765432100", "0123456-789ab-cdef-fedc-ba9876543210",
      "g1234567-89ab-cdef-fedc-ba9876543210",
    ] {
      #expect(UUID128(text) == nil)
    }
  }

  @Test("version 7 UUIDs rise, also when made at once and from several threads")
  func version7() async {
    let made = (0..<10_000).map { _ in UUID128.makeVersion7() }
    #expect(zip(made, made.dropFirst()).allSatisfy { $0 < $1 })
    #expect(made.allSatisfy { $0.high >> 12 & 0xf == 7 && $0.low >> 62 == 2 })
    let now = PostgresTimestamp.now.microseconds / 1000
    #expect(abs(made[9999].version7Milliseconds - now) < 1000)
    let all = await withTaskGroup(of: [UUID128].self) { group in
      for _ in 0..<4 { group.addTask { (0..<1000).map { _ in UUID128.makeVersion7() } } }
      return await group.reduce(into: Set()) { $0.formUnion($1) }
    }
    #expect(all.count == 4000)
  }

  @Test(
    "a timestamp splits into seconds and nanoseconds as protobuf has them",
    arguments: [
      (0, 0, 0), (1, 0, 1000), (-1, -1, 999_999_000), (-1_000_000, -1, 0), (1_500_000, 1, 500_000_000),
    ]
      as [(Int64, Int64, Int32)])
  func timestamp(microseconds: Int64, seconds: Int64, nanoseconds: Int32) {
    let stamp = PostgresTimestamp(microseconds: microseconds)
    #expect(stamp.seconds == seconds && stamp.nanoseconds == nanoseconds)
    #expect(PostgresTimestamp(seconds: seconds, nanoseconds: nanoseconds) == stamp)
  }
}
