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

  @Test("two reads count as far as both are complete, in order")
  func merged() {
    let short = TailChunk([TestEntry(2), TestEntry(5), TestEntry(7)], limit: 3, target: 9)
    let long = TailChunk([TestEntry(1), TestEntry(6), TestEntry(8)], limit: 9, target: 9)
    for merged in [short.merged(with: long), long.merged(with: short)] {
      guard case .rows(let rows, through: 6) = merged else {
        Issue.record("not through 6: \(merged)")
        continue
      }
      #expect(rows.map(\.position) == [1, 2, 5, 6])
    }
  }

  @Test("what one read skips is skipped, unless the other one ends before")
  func mergedSkip() {
    let giant = TailChunk((0..<4).map { TestEntry(8, $0) }, limit: 4, target: 20)
    let after = TailChunk([TestEntry(9), TestEntry(10)], limit: 9, target: 20)
    let before = TailChunk([TestEntry(3), TestEntry(5), TestEntry(6)], limit: 3, target: 20)
    guard case .skip(through: 8) = giant.merged(with: after),
      case .rows(let rows, through: 5) = before.merged(with: giant)
    else {
      Issue.record("wrong")
      return
    }
    #expect(rows == [TestEntry(3), TestEntry(5)])
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
