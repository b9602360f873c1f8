import EventLoop

/// The time that one loop gives to TLS handshakes in each of its turns: a signature takes a good part of a millisecond,
/// and hundreds of clients may come at once. Confined to the loop.
package final class HandshakeBudget {
  /// Nanoseconds. The step that reaches it goes on to its end.
  private static let perTurn: Int64 = 2_000_000

  private var turn: UInt64 = 0
  private var spent: Int64 = 0

  package init() {}

  /// Runs `step`, and counts its time, when there is some left in the turn of `loop`.
  ///
  /// - Returns: Whether it ran. Its socket is still ready in the next turn.
  func run(on loop: EventLoop, _ step: () -> Void) -> Bool {
    if turn != loop.turn { (turn, spent) = (loop.turn, 0) }
    guard spent < Self.perTurn else { return false }
    let begun = Instant.now
    step()
    spent += Instant.now.nanoseconds - begun.nanoseconds
    return true
  }
}
