import EventLoop

/// Bounds the frames by which a peer makes work without asking for any: resets, PING, SETTINGS,
/// PRIORITY, CONTINUATION, unknown and empty frames. Pure.
///
/// A budget of `burst` frames that refills by `perSecond`. Every frame of an answer that is sent earns
/// one more, so that what goes with real calls (a PING for each round trip of a long download, the
/// cancelled half of hedged calls) is not taken for a flood. Resets of streams that were worked on are not counted at
/// all: a proxy passes on what its clients give up.
struct FloodGuard {
  let burst: Int
  let perSecond: Int
  private(set) var budget: Int
  private var refilled: Instant

  init(burst: Int, perSecond: Int, at now: Instant) {
    self.burst = burst
    self.perSecond = perSecond
    budget = burst
    refilled = now
  }

  /// Counts one such frame; false when the peer has had all that it may have.
  mutating func spend(at now: Instant) -> Bool {
    if budget < burst { refill(at: now) } else { refilled = now }
    guard budget > 0 else { return false }
    budget -= 1
    return true
  }

  /// A frame of an answer was sent.
  mutating func earn() { if budget < burst { budget += 1 } }

  /// Whole frames only; the rest of the time counts towards the next one.
  private mutating func refill(at now: Instant) {
    let elapsed = min(max(0, now.nanoseconds - refilled.nanoseconds), 3_600_000_000_000)
    let earned = elapsed / 1_000 * Int64(perSecond) / 1_000_000
    guard earned > 0 else { return }
    budget = min(burst, budget + Int(earned))
    refilled = Instant(nanoseconds: now.nanoseconds - (elapsed - earned * 1_000_000_000 / Int64(perSecond)))
  }
}
