import CairnAPI

extension SessionTrend {
  /// Changes of up to this part are none.
  static let stablePart = 0.1

  /// What became of a figure that was `before` and is `now`; both are counts.
  init(_ metric: Metric, from before: Int64, to now: Int64) {
    self.init()
    self.metric = metric
    guard before > 0 else {
      direction = now > 0 ? .up : .stable
      return
    }
    let change = (Double(now) - Double(before)) / Double(before)
    self.change = change
    direction = abs(change) <= Self.stablePart ? .stable : change > 0 ? .up : .down
  }
}
