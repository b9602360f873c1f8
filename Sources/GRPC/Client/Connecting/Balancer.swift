/// Which of a target's addresses get the calls.
package enum LoadBalancing: Sendable {
  /// All calls go to the first address that can be connected to; the next one is tried when it cannot.
  /// Connections are made when calls want them.
  case pickFirst
  /// Every address is kept connected, and those that are take the calls in turn.
  case roundRobin
}

/// Decides which addresses to connect to and which take calls. Pure.
///
/// Asked after every change; picking among those that are ready costs a call nothing but an index.
struct Balancer {
  /// What there is to know of an address.
  struct Member: Equatable {
    var state: ConnectivityState
    /// The last attempt to connect to it failed.
    var hasFailed = false
  }
  struct Decision: Equatable {
    /// Of the whole channel. For calls: ready means go, transientFailure means fail, others mean wait.
    var state: ConnectivityState
    /// Those that take calls.
    var ready: [Int] = []
    /// Those to connect to now, all of them idle.
    var connect: [Int] = []
  }

  private let policy: LoadBalancing
  /// Pick first: the address whose turn it is in the pass through all of them.
  private var next = 0

  init(_ policy: LoadBalancing) { self.policy = policy }

  /// There are other addresses: a pass begins with the first of them.
  mutating func restart() { next = 0 }

  /// - Parameter isWanted: Whether calls wait for a connection.
  mutating func decide(_ members: [Member], isWanted: Bool) -> Decision {
    switch policy {
    case .pickFirst: pickFirst(members, isWanted)
    case .roundRobin: roundRobin(members)
    }
  }

  private mutating func pickFirst(_ members: [Member], _ isWanted: Bool) -> Decision {
    if let ready = members.firstIndex(where: { $0.state == .ready }) {
      next = 0
      return Decision(state: .ready, ready: [ready])
    }
    if members.contains(where: { $0.state == .connecting }) { return Decision(state: .connecting) }
    if isWanted {
      while next < members.count {
        defer { next += 1 }
        if members[next].state == .idle { return Decision(state: .connecting, connect: [next]) }
      }
    }
    // The pass is over: calls hear that nobody could be reached, and the next one begins a new pass.
    next = 0
    let canTry = members.contains { $0.state == .idle }
    return Decision(state: canTry && !isWanted ? .idle : .transientFailure)
  }

  /// An address that has failed counts as failing until it is connected to: calls do not wait for it.
  private func roundRobin(_ members: [Member]) -> Decision {
    let ready = members.indices.filter { members[$0].state == .ready }
    let idle = members.indices.filter { members[$0].state == .idle }
    if !ready.isEmpty { return Decision(state: .ready, ready: ready, connect: idle) }
    let isHopeful = members.contains { !$0.hasFailed && ($0.state == .idle || $0.state == .connecting) }
    return Decision(state: isHopeful ? .connecting : .transientFailure, connect: idle)
  }
}
