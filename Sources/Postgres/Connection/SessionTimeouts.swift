/// `statement_timeout` and `lock_timeout` of a session.
struct SessionTimeouts: Equatable, Sendable {
  var statement: Duration
  var lock: Duration

  static func milliseconds(_ duration: Duration) -> String {
    // Zero means none to PostgreSQL: something shorter than a millisecond must not become that.
    let milliseconds = duration.saturatedMilliseconds
    return String(duration > .zero ? max(1, milliseconds) : 0)
  }

  /// Sets both; `$3` is whether only for the transaction.
  static let change = Statement(
    "set_timeouts",
    "SELECT set_config('statement_timeout', $1, $3), set_config('lock_timeout', $2, $3)")

  func statement(isLocal: Bool) -> PendingStatement {
    PendingStatement(
      Self.change, [Self.milliseconds(statement), Self.milliseconds(lock), isLocal])
  }
}

extension Duration {
  fileprivate var saturatedMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    guard seconds < 2_000_000 else { return Int64(Int32.max) }
    return seconds * 1000 + attoseconds / 1_000_000_000_000_000
  }
}
