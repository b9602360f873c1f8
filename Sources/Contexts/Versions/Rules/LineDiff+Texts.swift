import CairnAPI

extension LineDiff {
  /// How much of a difference an answer holds.
  struct Bounds {
    var lines = 20_000
    var bytes = 2_000_000
  }

  /// Equal lines shown before and after a change.
  private static let margin = 3

  /// How `old` becomes `new`; nil when they are the same, byte for byte.
  init?(from old: String, to new: String, bounds: Bounds = Bounds()) {
    self.init()
    let (old, new) = (TextLines(old), TextLines(new))
    if old.bytes == new.bytes { return nil }
    var numbers: [ArraySlice<UInt8>: Int32] = [:]
    let result = LineChanges(old.numbers(&numbers), new.numbers(&numbers))
    coarse = result.isCoarse
    removedLines = Int32(result.changes.reduce(0) { $0 + $1.old.count })
    addedLines = Int32(result.changes.reduce(0) { $0 + $1.new.count })
    var writer = HunkWriter(old: old.lines, new: new.lines, bounds: bounds)
    for group in Self.groups(result.changes) where !writer.isFull { writer.write(group, margin: Self.margin) }
    hunks = writer.hunks
    truncated = writer.isFull
  }

  /// Changes that are so close that their margins meet share a hunk.
  private static func groups(_ changes: [LineChange]) -> [ArraySlice<LineChange>] {
    var groups: [ArraySlice<LineChange>] = []
    var start = 0
    for index in changes.indices.dropFirst()
    where changes[index].old.lowerBound - changes[index - 1].old.upperBound > 2 * margin {
      groups.append(changes[start..<index])
      start = index
    }
    if start < changes.count { groups.append(changes[start...]) }
    return groups
  }
}

/// A text as the lines between its line feeds. Bytes are compared, not canonical equivalence.
private struct TextLines {
  let bytes: [UInt8]
  let lines: [ArraySlice<UInt8>]

  init(_ text: String) {
    bytes = Array(text.utf8)
    lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
  }

  /// A number for each line, the same for equal ones.
  func numbers(_ known: inout [ArraySlice<UInt8>: Int32]) -> [Int32] {
    lines.map { line in
      if let number = known[line] { return number }
      let number = Int32(known.count)
      known[line] = number
      return number
    }
  }
}

/// Puts hunks together until they are full.
private struct HunkWriter {
  let old: [ArraySlice<UInt8>]
  let new: [ArraySlice<UInt8>]
  var bounds: LineDiff.Bounds
  private(set) var hunks: [LineDiff.Hunk] = []
  private(set) var isFull = false

  init(old: [ArraySlice<UInt8>], new: [ArraySlice<UInt8>], bounds: LineDiff.Bounds) {
    self.old = old
    self.new = new
    self.bounds = bounds
  }

  mutating func write(_ changes: ArraySlice<LineChange>, margin: Int) {
    guard let first = changes.first, let last = changes.last else { return }
    // Both texts are equal around a change: as many lines are there in the one as in the other.
    let before = min(margin, first.old.lowerBound)
    let after = min(margin, old.count - last.old.upperBound)
    var hunk = LineDiff.Hunk()
    var (oldLine, newLine) = (first.old.lowerBound - before, first.new.lowerBound - before)
    let (oldStart, newStart) = (oldLine, newLine)
    func add(_ lines: ArraySlice<ArraySlice<UInt8>>, as kind: LineDiff.Line.Kind) -> Int {
      var count = 0
      for line in lines {
        if bounds.lines <= 0 || bounds.bytes < line.count {
          isFull = true
          break
        }
        bounds.lines -= 1
        bounds.bytes -= line.count
        var entry = LineDiff.Line()
        entry.kind = kind
        entry.text = String(decoding: line, as: UTF8.self)
        hunk.lines.append(entry)
        count += 1
      }
      return count
    }
    func addEqual(to end: Int) {
      let count = add(old[oldLine..<end], as: .equal)
      oldLine += count
      newLine += count
    }
    for change in changes {
      addEqual(to: change.old.lowerBound)
      if !isFull { oldLine += add(old[change.old], as: .removed) }
      if !isFull { newLine += add(new[change.new], as: .added) }
      if isFull { break }
    }
    if !isFull { addEqual(to: last.old.upperBound + after) }
    hunk.fromCount = Int32(oldLine - oldStart)
    hunk.toCount = Int32(newLine - newStart)
    hunk.fromLine = Int32(oldStart) + (hunk.fromCount > 0 ? 1 : 0)
    hunk.toLine = Int32(newStart) + (hunk.toCount > 0 ? 1 : 0)
    if !hunk.lines.isEmpty { hunks.append(hunk) }
  }
}
