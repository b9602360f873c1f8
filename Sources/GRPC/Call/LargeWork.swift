import EventLoop

/// Work on messages that would hold a loop up: to inflate, to decode and to compress what is large. Confined to
/// `loop`.
///
/// What is small is done on the loop, so much a turn: many small messages at once are as much work as a large one.
/// The rest goes to the blocking pool, two pieces of a loop at a time, and connections take turns: a connection that
/// sends much delays only itself.
@usableFromInline package final class LargeWork {
  /// Messages above this many bytes are not looked at on the loop.
  @usableFromInline package static let largestHere = 256 << 10
  /// What one turn of the loop may inflate or decode, in bytes of what comes out: two to four milliseconds on one core
  /// of the development machine.
  static let turnAllowance = 1 << 20
  private static let maxRunning = 2

  private let loop: EventLoop
  private let pool: BlockingPool
  private var queue = FairQueue<Int64, UnsafeContinuation<Void, Never>>()
  private var running = 0
  private var turn: UInt64 = 0
  private var left = turnAllowance

  init(loop: EventLoop, pool: BlockingPool) {
    self.loop = loop
    self.pool = pool
  }

  /// What may still be done in this turn, in bytes.
  @usableFromInline package var allowance: Int { turn == loop.turn ? left : Self.turnAllowance }

  /// Takes from the turn's allowance what has been done.
  @usableFromInline package func spend(_ count: Int) {
    left = max(0, allowance - count)
    turn = loop.turn
  }

  /// Runs `body` on the pool, after the work that was queued before it.
  ///
  /// - Parameters:
  ///   - connection: Its number; the work of one waits for the work of others to have its turn.
  ///   - isWanted: Asked when the turn has come.
  /// - Returns: Nil when it was not wanted any more.
  func run<T: Sendable, E: Error>(
    for connection: Int64, while isWanted: () -> Bool = { true },
    _ body: @escaping @Sendable () throws(E) -> T
  ) async throws(E) -> T? {
    if running < Self.maxRunning {
      running += 1
    } else {
      await withUnsafeContinuation { queue.append($0, for: connection) }
    }
    // The work that has waited longest takes this place.
    defer { if let next = queue.popFirst() { next.resume() } else { running -= 1 } }
    return isWanted() ? try await pool.run(on: loop, body) : nil
  }

  /// Runs `body` on the pool without waiting for it.
  func start(_ body: @escaping @Sendable () -> Void) { pool.start(body) }
}
