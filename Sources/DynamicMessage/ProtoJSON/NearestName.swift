/// Finds the name that somebody probably meant.
package enum NearestName {
  /// The names of `known` that differ least from `name`, if it is by few letters; at most three.
  ///
  /// Case, `_` and `-` do not count.
  package static func suggestions(for name: String, among known: some Sequence<String>) -> [String] {
    let wanted = plain(name)
    let limit = max(1, min(wanted.count / 3, 4))
    let ranked = known.compactMap { candidate -> (distance: Int, name: String)? in
      let distance = distance(from: wanted, to: plain(candidate), limit: limit)
      return distance <= limit ? (distance, candidate) : nil
    }
    let best = ranked.map(\.distance).min()
    return ranked.filter { $0.distance == best }.map(\.name).sorted().prefix(3).map { $0 }
  }

  /// Words to put behind a complaint: `; did you mean "title"?`, or what there is, or nothing.
  package static func hint(for name: String, among known: [String]) -> String {
    let near = suggestions(for: name, among: known)
    if !near.isEmpty { return "; did you mean \(quoted(near, separator: " or "))?" }
    if known.isEmpty { return "" }
    let some = known.prefix(12)
    return "; there is \(quoted(Array(some), separator: ", "))" + (known.count > some.count ? ", …" : "")
  }

  private static func quoted(_ names: [String], separator: String) -> String {
    names.map { "\"\($0)\"" }.joined(separator: separator)
  }

  private static func plain(_ name: String) -> [UInt8] {
    name.lowercased().utf8.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
  }

  /// Letters to insert, drop, replace or swap with their neighbour (optimal string alignment).
  private static func distance(from left: [UInt8], to right: [UInt8], limit: Int) -> Int {
    guard abs(left.count - right.count) <= limit else { return limit + 1 }
    guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        let replaced = last[column] + (letter == other ? 0 : 1)
        var best = min(replaced, last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == right[column - 1], left[row - 1] == other {
          best = min(best, beforeLast[column - 1] + 1)
        }
        current.append(best)
      }
      beforeLast = last
      last = current
    }
    return last[right.count]
  }
}
