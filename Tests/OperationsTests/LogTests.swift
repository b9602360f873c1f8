import Testing

@testable import Operations

@Suite struct LogTests {
  @Test("a line is one line, and not a long one")
  func line() {
    #expect(Log.oneLine("a\nb\u{1}c") == "a b c")
    let long = Log.oneLine(String(repeating: "ä\n", count: 100_000))
    #expect(long.utf8.count <= Log.limit && long.utf8.count > Log.limit - 20 && !long.contains("\n"))
  }
}
