import Testing

@testable import Operations

@Suite struct ReadinessTests {
  typealias Case = (database: Readiness.DatabaseState, full: Bool, stopping: Bool, expected: Readiness)

  static let cases: [Case] = [
    (.answered, false, false, .ready),
    (.failed("gone"), false, false, .notReady("gone")),
    (.answered, true, false, .notReady("the database has no space left on its disk")),
    (.failed("gone"), true, false, .notReady("the database has no space left on its disk")),
    (.answered, false, true, .stopping),
    (.failed("gone"), true, true, .stopping),
  ]

  @Test("readiness follows the database and its disk, and ends with the server", arguments: cases.indices)
  func judge(_ index: Int) {
    let (database, full, stopping, expected) = Self.cases[index]
    #expect(Readiness.judge(database: database, isStorageFull: full, isStopping: stopping) == expected)
  }

  @Test("a pool without a free connection changes nothing", arguments: [Readiness.ready, .notReady("gone")])
  func busy(_ before: Readiness) {
    let readiness = Readiness.judge(
      database: .busy, isStorageFull: false, isStopping: false, before: before)
    #expect(readiness == before)
  }

  @Test("a text from outside cannot make a log line of its own")
  func oneLine() {
    #expect(Log.oneLine("a\nb\r\nc\td") == "a b c d")
    #expect(Log.oneLine("plain ü") == "plain ü")
  }
}
