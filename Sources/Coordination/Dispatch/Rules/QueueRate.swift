import Postgres

/// How many tasks a queue may give out in how long: a bucket that holds `limit` tokens and is filled evenly. Pure.
struct QueueRate: Equatable, Sendable {
  let limit: Int32
  /// Microseconds.
  let period: Int64
  /// What was left when it was last looked at; nil: it is full.
  let left: (tokens: Double, time: PostgresTimestamp)?

  static func == (left: QueueRate, right: QueueRate) -> Bool {
    left.limit == right.limit && left.period == right.period && left.left?.tokens == right.left?.tokens
      && left.left?.time == right.left?.time
  }

  /// What is there at a time.
  func tokens(at now: PostgresTimestamp) -> Double {
    guard let left else { return Double(limit) }
    let elapsed = max(0, Double(now.microseconds) - Double(left.time.microseconds))
    return min(Double(limit), left.tokens + elapsed * Double(limit) / Double(period))
  }

  /// In how many microseconds there is a whole one, when `tokens` are there.
  func wait(with tokens: Double) -> Double { max(0, 1 - tokens) * Double(period) / Double(limit) }
}

extension QueueRate {
  struct Columns: ColumnLayout {
    let limit: Column<Int32?>
    let period: Column<Int64?>
    let tokens: Column<Double?>
    let time: Column<PostgresTimestamp?>

    init(_ find: inout ColumnFinder) {
      limit = find("rate_limit")
      period = find("rate_period")
      tokens = find("tokens")
      time = find("tokens_time")
    }
  }

  /// Nil when the queue has none.
  init?(decoding row: Row, _ columns: Columns) throws(PostgresError) {
    guard let limit = try row.decode(columns.limit), let period = try row.decode(columns.period),
      limit > 0, period > 0
    else { return nil }
    self.limit = limit
    self.period = period
    if let tokens = try row.decode(columns.tokens), let time = try row.decode(columns.time) {
      left = (tokens, time)
    } else {
      left = nil
    }
  }
}
