import EventLoop
import Synchronization

/// A share of the connections, the same on all loops.
final class SharedTurns: Sendable {
  enum Kind: Hashable {
    case longReads
    /// The writes of one project.
    case writes(WriteGroup)
  }

  let kind: Kind
  let budget: ConnectionBudget
  /// When somebody who waited, on whichever loop, had a turn; in nanoseconds of the monotonic clock.
  private let lastTurnAt = Atomic<Int64>(0)

  init(_ kind: Kind, maximum: Int) {
    self.kind = kind
    budget = ConnectionBudget(maximum: maximum)
  }

  var lastTurn: Instant { Instant(nanoseconds: lastTurnAt.load(ordering: .relaxed)) }

  func turnCame(at now: Instant) { lastTurnAt.store(now.nanoseconds, ordering: .relaxed) }

  /// One of those that have it, for errors.
  var name: String {
    switch kind {
    case .longReads: "long read"
    case .writes: "write of the project"
    }
  }
}

extension LoopPool {
  /// The turns of a project's writes on this loop; nil where they may have every connection.
  func turns(of group: WriteGroup?) -> Turns? {
    guard let group, shared.boundsWrites else { return nil }
    let kind = SharedTurns.Kind.writes(group)
    if let known = turns[kind] { return known }
    let made = Turns(pool: self, shared.share(of: group))
    turns[kind] = made
    return made
  }

  /// Forgets the turns of a project that has nothing under way.
  func turnsEnded(_ share: SharedTurns) {
    guard case .writes(let group) = share.kind, turns[share.kind]?.isIdle == true else { return }
    turns[share.kind] = nil
    shared.shareLeft(by: group)
  }
}
