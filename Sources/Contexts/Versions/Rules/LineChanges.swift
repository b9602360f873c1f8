/// Lines of one text that take the place of lines of another. One of the two may be none.
struct LineChange: Equatable {
  let old: Range<Int>
  let new: Range<Int>
}

/// The fewest removals and additions that lead from one list of lines to another, by Myers' greedy algorithm
/// ("An O(ND) Difference Algorithm and Its Variations", 1986). Lines are numbers here: equal lines have equal
/// numbers.
///
/// Bounded: when the lists differ too much for the effort allowed, everything between their first and their
/// last difference is one change.
struct LineChanges: Equatable {
  /// In order, with at least one equal line between two of them.
  let changes: [LineChange]
  /// The effort did not suffice.
  let isCoarse: Bool

  /// Most removals and additions that are looked for; the trace takes the square of it in 4-byte numbers: 16
  /// MB.
  static let standardDistance = 2_000
  /// Most comparisons: some tens of milliseconds.
  static let standardEffort = 20_000_000

  init(
    _ old: [Int32], _ new: [Int32], distance: Int = standardDistance, effort: Int = standardEffort
  ) {
    var start = 0
    while start < min(old.count, new.count), old[start] == new[start] { start += 1 }
    var (oldEnd, newEnd) = (old.count, new.count)
    while oldEnd > start, newEnd > start, old[oldEnd - 1] == new[newEnd - 1] {
      oldEnd -= 1
      newEnd -= 1
    }
    guard start < oldEnd || start < newEnd else {
      changes = []
      isCoarse = false
      return
    }
    var search = LineSearch(old[start..<oldEnd], new[start..<newEnd], distance: distance, effort: effort)
    let found = search.changes()
    changes = found ?? [LineChange(old: start..<oldEnd, new: start..<newEnd)]
    isCoarse = found == nil
  }
}

/// The search for the shortest way through the grid of two lists: down removes nothing and adds a line, right
/// removes one, a diagonal keeps one.
private struct LineSearch {
  private let old: ArraySlice<Int32>
  private let new: ArraySlice<Int32>
  private let distance: Int
  private var effort: Int
  /// How far right each diagonal was reached, for each number of steps: the diagonals -d, -d + 2, …, d.
  private var trace: [[Int32]] = []

  init(_ old: ArraySlice<Int32>, _ new: ArraySlice<Int32>, distance: Int, effort: Int) {
    self.old = old
    self.new = new
    self.distance = distance
    self.effort = effort
  }

  /// Nil when the effort does not suffice.
  mutating func changes() -> [LineChange]? {
    for steps in 0...min(old.count + new.count, distance) {
      var reached = [Int32](repeating: -1, count: steps + 1)
      for index in 0...steps {
        let diagonal = 2 * index - steps
        // Outside of the grid: nothing leads back from there.
        guard let from = arrival(after: steps, at: index)?.x, from <= old.count, from - diagonal >= 0,
          from - diagonal <= new.count
        else { continue }
        let end = slide(from: from, along: diagonal)
        if effort <= 0 { return nil }
        reached[index] = Int32(truncatingIfNeeded: end)
        if end == old.count, end - diagonal == new.count {
          trace.append(reached)
          return path(steps)
        }
      }
      trace.append(reached)
    }
    return nil
  }

  /// Where the last of `steps` steps puts one on a diagonal: an addition or a removal, whichever is further.
  /// Nil where neither leads.
  private func arrival(after steps: Int, at index: Int) -> (x: Int, isRemoval: Bool)? {
    if steps == 0 { return (0, false) }
    let left = index > 0 ? Int(trace[steps - 1][index - 1]) : -1
    let above = index < steps ? Int(trace[steps - 1][index]) : -1
    if left < 0 { return above < 0 ? nil : (above, false) }
    return left + 1 > above ? (left + 1, true) : (above, false)
  }

  private mutating func slide(from start: Int, along diagonal: Int) -> Int {
    var x = start
    while x < old.count, x - diagonal < new.count,
      old[old.startIndex + x] == new[new.startIndex + x - diagonal]
    { x += 1 }
    effort -= x - start + 1
    return x
  }

  /// The way back from the end, as changes.
  private func path(_ steps: Int) -> [LineChange] {
    var changes: [LineChange] = []
    var (x, y) = (old.count, new.count)
    for step in stride(from: steps, to: 0, by: -1) {
      let index = (x - y + step) / 2
      guard let (start, isRemoval) = arrival(after: step, at: index) else {
        preconditionFailure("the way back is lost")
      }
      let top = start - (2 * index - step)
      let change = LineChange(
        old: (isRemoval ? start - 1 : start)..<start, new: (isRemoval ? top : top - 1)..<top)
      Self.prepend(change, to: &changes)
      (x, y) = (change.old.lowerBound, change.new.lowerBound)
    }
    return changes.reversed().map {
      LineChange(
        old: $0.old.lowerBound + old.startIndex..<$0.old.upperBound + old.startIndex,
        new: $0.new.lowerBound + new.startIndex..<$0.new.upperBound + new.startIndex)
    }
  }

  /// The changes come last first; neighbours become one.
  private static func prepend(_ change: LineChange, to changes: inout [LineChange]) {
    if let next = changes.last, next.old.lowerBound == change.old.upperBound,
      next.new.lowerBound == change.new.upperBound
    {
      changes[changes.count - 1] = LineChange(
        old: change.old.lowerBound..<next.old.upperBound, new: change.new.lowerBound..<next.new.upperBound)
    } else {
      changes.append(change)
    }
  }
}
