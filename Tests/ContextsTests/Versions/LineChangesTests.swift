import Testing

@testable import Contexts

@Suite struct LineChangesTests {
  private static func numbers(_ text: String) -> [Int32] { text.unicodeScalars.map { Int32($0.value) } }

  @Test(
    "the fewest lines are removed and added",
    arguments: [
      ("", "", []), ("abc", "abc", []),
      ("", "ab", [LineChange(old: 0..<0, new: 0..<2)]), ("ab", "", [LineChange(old: 0..<2, new: 0..<0)]),
      ("abc", "axc", [LineChange(old: 1..<2, new: 1..<2)]),
      ("abc", "abxc", [LineChange(old: 2..<2, new: 2..<3)]),
      ("abcd", "bcde", [LineChange(old: 0..<1, new: 0..<0), LineChange(old: 4..<4, new: 3..<4)]),
      ("aaa", "aa", [LineChange(old: 2..<3, new: 2..<2)]),
      ("abc", "xyz", [LineChange(old: 0..<3, new: 0..<3)]),
    ] as [(String, String, [LineChange])])
  func table(_ old: String, _ new: String, _ expected: [LineChange]) {
    let found = LineChanges(Self.numbers(old), Self.numbers(new))
    #expect(found.changes == expected)
    #expect(!found.isCoarse)
  }

  @Test("random lists: the changes lead from one to the other, and there is no shorter way")
  func random() {
    for _ in 0..<400 {
      let letters = Int32.random(in: 1...6)
      let old = (0..<Int.random(in: 0...30)).map { _ in Int32.random(in: 0...letters) }
      let new = (0..<Int.random(in: 0...30)).map { _ in Int32.random(in: 0...letters) }
      let changes = LineChanges(old, new).changes
      #expect(apply(changes, old, new) == new)
      let cost = changes.reduce(0) { $0 + $1.old.count + $1.new.count }
      #expect(cost == old.count + new.count - 2 * commonLength(old, new))
    }
  }

  @Test("what would take too long is one change between the first and the last difference")
  func bounded() {
    let old = [0] + (0..<500).map { Int32($0 * 2 + 1) } + [-1]
    let new = [0] + (0..<400).map { Int32($0 * 2 + 2) } + [-1]
    let whole = [LineChange(old: 1..<501, new: 1..<401)]
    for (distance, effort) in [(100, 1 << 30), (2_000, 1_000)] {
      let found = LineChanges(old, new, distance: distance, effort: effort)
      #expect(found.changes == whole && found.isCoarse)
    }
    #expect(LineChanges(old, new, distance: 900).changes == whole)
    #expect(!LineChanges(old, new, distance: 900).isCoarse)
  }

  private func apply(_ changes: [LineChange], _ old: [Int32], _ new: [Int32]) -> [Int32] {
    var (result, place) = ([Int32](), 0)
    for change in changes {
      result += old[place..<change.old.lowerBound]
      #expect(result.count == change.new.lowerBound)
      result += new[change.new]
      place = change.old.upperBound
    }
    return result + old[place...]
  }

  /// Length of the longest common subsequence, by the table.
  private func commonLength(_ old: [Int32], _ new: [Int32]) -> Int {
    var row = [Int](repeating: 0, count: new.count + 1)
    for a in old {
      var diagonal = 0
      for (index, b) in new.enumerated() {
        let above = row[index + 1]
        row[index + 1] = a == b ? diagonal + 1 : max(above, row[index])
        diagonal = above
      }
    }
    return row[new.count]
  }
}
