import EventLoop

extension TextPattern {
  /// Whether the pattern matches the whole text. Soon after `stop` is set the answer is false and has no meaning.
  func matches(_ text: String, until stop: StopSignal = StopSignal()) -> Bool {
    var sets = PatternSets(parts.map(\.set))
    var run = PatternRun(parts)
    var count = 0
    for scalar in text.unicodeScalars {
      run.take(sets.containing(scalar))
      if run.isLost { return false }
      count &+= 1
      if count & 0xffff == 0, stop.isStopped { return false }
    }
    return run.isAtEnd
  }
}

/// All ways through a pattern that the text so far allows, kept as bits: bit i of a mask is part i, and the
/// one behind the last part is the end.
///
/// A character costs a few operations on the masks, and a few more for each part with a count that is under
/// way: at most 64, however large the counts are.
private struct PatternRun {
  /// Parts that must be there exactly once, or may be left out or repeated: for these a bit says everything.
  private var simple: UInt128 = 0
  private var repeated: UInt128 = 0
  private var skippable: UInt128 = 0
  /// The other parts, for which it counts how often they have come.
  private var counted: UInt128 = 0
  private var counters: [PatternCounter] = []
  private let end: UInt128

  /// Parts that may come next.
  private var next: UInt128 = 0
  /// Counted parts that have begun and may go on.
  private var begun: UInt128 = 0
  /// Characters taken.
  private var position = 0

  init(_ parts: [TextPattern.Part]) {
    end = 1 << UInt128(parts.count)
    for (index, part) in parts.enumerated() {
      let bit: UInt128 = 1 << UInt128(index)
      if part.least == 0 { skippable |= bit }
      if part.least <= 1, part.most == nil { repeated |= bit }
      if part.least <= 1, part.most == nil || part.most == 1 { simple |= bit } else { counted |= bit }
      counters.append(PatternCounter(part))
    }
    reach(1)
  }

  /// No way leads on.
  var isLost: Bool { next | begun == 0 }
  var isAtEnd: Bool { next & end != 0 }

  /// One more character, which is in the sets of these parts.
  mutating func take(_ fitting: UInt128) {
    position &+= 1
    let taken = next & simple & fitting
    var reached = taken << 1 | (taken & repeated)
    var rest = begun
    begun &= fitting
    while rest != 0 {
      let part = rest.trailingZeroBitCount
      let bit = rest & (~rest &+ 1)
      rest ^= bit
      if fitting & bit == 0 {
        counters[part].clear()
      } else {
        switch counters[part].advance(to: position) {
        case .over: begun ^= bit
        case .tooFew: break
        case .enough: reached |= bit << 1
        }
      }
    }
    reach(reached)
  }

  /// Notes the parts that may come next, and those behind them that need not come.
  private mutating func reach(_ parts: UInt128) {
    // Adding a bit to the row of ones it lies in carries it to the row's end: all between are reached.
    next = parts | ((parts & skippable &+ skippable) ^ skippable)
    var rest = next & counted
    begun |= rest
    while rest != 0 {
      counters[rest.trailingZeroBitCount].begin(at: position)
      rest &= rest &- 1
    }
  }
}

/// How often one part has come, for every place where it may have begun.
private struct PatternCounter {
  enum Count { case tooFew, enough, over }

  private let least: Int
  private let most: Int
  /// The places in order, as rows of neighbours: the first row, which is empty when there is none, and those
  /// behind it from `next` on, at most half of `most`.
  private var first = 1
  private var last = 0
  private var rows: [ClosedRange<Int>] = []
  private var next = 0

  init(_ part: TextPattern.Part) { (least, most) = (part.least, part.most ?? .max) }

  mutating func begin(at position: Int) {
    if first > last {
      (first, last) = (position, position)
    } else if most == .max {
      // Without an upper bound the first one is the one that has the most.
    } else if next == rows.count, last + 1 == position {
      last = position
    } else if next < rows.count, let row = rows.last, row.upperBound + 1 == position {
      rows[rows.count - 1] = row.lowerBound...position
    } else {
      rows.append(position...position)
    }
  }

  mutating func clear() {
    (first, last) = (1, 0)
    if rows.isEmpty { return }
    rows.removeAll(keepingCapacity: true)
    next = 0
  }

  /// Counts to `position`: the oldest beginning that is not over tells whether any has enough.
  mutating func advance(to position: Int) -> Count {
    while position - last > most {
      guard next < rows.count else {
        clear()
        return .over
      }
      (first, last) = (rows[next].lowerBound, rows[next].upperBound)
      next += 1
      if next > most {
        rows.removeFirst(next)
        next = 0
      }
    }
    if position - first > most { first = position - most }
    return position - first >= least ? .enough : .tooFew
  }
}

/// Which parts' sets a character is in, looked up among the places where any set begins or ends.
private struct PatternSets {
  /// Sorted, the first is 0; the sets that contain what lies between two of them are the same.
  private var starts: [UInt32] = []
  private var masks: [UInt128] = []
  private var ascii: [UInt128] = []
  private var last = 0

  init(_ sets: [TextPattern.CharacterSet]) {
    var changes: [(at: UInt32, mask: UInt128)] = [(0, 0)]
    for (index, set) in sets.enumerated() {
      let bit: UInt128 = 1 << UInt128(index)
      if set.isInverted { changes.append((0, bit)) }
      for range in set.merged {
        changes.append((range.lowerBound, bit))
        changes.append((range.upperBound + 1, bit))
      }
    }
    changes.sort { $0.at < $1.at }
    var mask: UInt128 = 0
    for change in changes {
      mask ^= change.mask
      if starts.last == change.at {
        masks[masks.count - 1] = mask
      } else {
        starts.append(change.at)
        masks.append(mask)
      }
    }
    for value in 0..<UInt32(0x80) {
      while last + 1 < starts.count, starts[last + 1] <= value { last += 1 }
      ascii.append(masks[last])
    }
  }

  mutating func containing(_ scalar: Unicode.Scalar) -> UInt128 {
    let value = scalar.value
    if value < 0x80 { return ascii[Int(value)] }
    // Neighbours in a text are often of the same script.
    if starts[last] <= value, last + 1 == starts.count || value < starts[last + 1] { return masks[last] }
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= value { low = middle } else { high = middle }
    }
    last = low
    return masks[low]
  }
}

extension TextPattern.CharacterSet {
  /// The ranges in order; none overlaps or touches another.
  fileprivate var merged: [ClosedRange<UInt32>] {
    var merged: [ClosedRange<UInt32>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let before = merged.last, range.lowerBound <= before.upperBound + 1 {
        merged[merged.count - 1] = before.lowerBound...max(before.upperBound, range.upperBound)
      } else {
        merged.append(range)
      }
    }
    return merged
  }
}
