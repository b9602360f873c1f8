/// How evenly the agents of a session share the work. Pure.
enum CollaborationScore {
  /// 1 - variance / mean², not below 0: 1 where all have done as much, 0 where fewer than two have done anything.
  ///
  /// - Parameters:
  ///   - agents: How many have appended an event.
  ///   - events: The events of all of them.
  ///   - squares: The sum of the squares of the events of each.
  static func score(agents: Int64, events: Double, squares: Double) -> Double {
    guard agents > 1, events > 0 else { return 0 }
    let mean = events / Double(agents)
    let variance = squares / Double(agents) - mean * mean
    return min(1, max(0, 1 - variance / (mean * mean)))
  }
}
