import Testing

@testable import Journal

@Suite struct TailChunkTests {
  @Test("only whole positions are handed on")
  func wholePositions() {
    let rows = [TestEntry(3), TestEntry(4, 0), TestEntry(4, 1), TestEntry(6, 0)]
    guard case .rows(let all, through: 9) = TailChunk(rows, limit: 5, target: 9), all == rows else {
      Issue.record("a read that was not full is complete")
      return
    }
    guard case .rows(let some, through: 5) = TailChunk(rows, limit: 4, target: 9) else {
      Issue.record("the last position of a full read may have more rows")
      return
    }
    #expect(some == Array(rows.prefix(3)))
  }

  @Test("a position with more rows than a read is skipped")
  func giant() {
    let rows = (0..<4).map { TestEntry(8, $0) }
    guard case .skip(through: 8) = TailChunk(rows, limit: 4, target: 20) else {
      Issue.record("not skipped")
      return
    }
  }
}
