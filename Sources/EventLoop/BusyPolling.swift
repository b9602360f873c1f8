/// Whether a loop without work looks for more of it a moment longer before it sleeps. Pure.
///
/// A core that sleeps takes longer to wake than a small call takes to be served: tens of microseconds in
/// virtual machines. Where one call follows the other that soon, being awake is worth the time; where waits
/// are longer, or others want the core, it is not. A loop that has nothing to do for long sleeps all the time.
///
/// Times are in nanoseconds.
struct BusyPolling {
  /// How long a wait may last that is spent awake.
  static let window: Int64 = 50_000
  /// One that is slept through ends later, by the time that waking takes.
  private static let sleepWindow: Int64 = 100_000
  /// A look that takes longer had others run in it.
  static let interruption: Int64 = 20_000

  /// Short waits count one for it, others sixteen against it: who polls in vain does so once in seventeen
  /// waits at most.
  private var score = 0
  private static let enough = 16
  private static let highest = 64

  var isWorthwhile: Bool { score >= Self.enough }

  /// A wait has ended with something to do.
  ///
  /// - Parameter slept: Whether the thread slept in it.
  mutating func waited(_ duration: Int64, slept: Bool) {
    if duration <= (slept && !isWorthwhile ? Self.sleepWindow : Self.window) {
      score = min(score + 1, Self.highest)
    } else {
      score = max(score - Self.enough, min(score, 0))
    }
  }

  /// Others have used the core meanwhile. A glance of the system's is nothing; but a whole turn of another thread
  /// takes milliseconds, so polling must not cost one often: it gets the core when this thread sleeps.
  mutating func interrupted(_ duration: Int64) { score -= Int(min(duration, 10_000_000) / 3_000) }
}
