import EventLoop

/// Which of a target's addresses get the calls.
package enum LoadBalancing: Sendable {
  /// All calls go to the first address that can be connected to; the next one is tried when it cannot, or has
  /// not been for 250 ms. Connections are made when calls want them.
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
    /// Attempts that are not needed any more.
    var abandon: [Int] = []
    /// When to ask again, if nothing changes before.
    var again: Instant?
  }

  private let policy: LoadBalancing
  /// How long an attempt is alone before the next one begins beside it (RFC 8305 §5).
  private static let headStart: Duration = .milliseconds(250)
  // Pick first:
  /// The address whose turn it is in the pass through all of them.
  private var next = 0
  /// The one whose attempt began last.
  private var current: Int?
  private var aloneUntil = Instant(nanoseconds: .min)

  init(_ policy: LoadBalancing) { self.policy = policy }

  /// There are other addresses: a pass begins with the first of them.
  mutating func restart() { (next, current) = (0, nil) }

  /// The order for what a target's name was resolved to.
  func ordered(_ endpoints: [Endpoint]) -> [Endpoint] {
    policy == .pickFirst ? Endpoint.interleaved(endpoints) : endpoints
  }

  /// - Parameter isWanted: Whether calls wait for a connection.
  mutating func decide(_ members: [Member], isWanted: Bool, at now: Instant) -> Decision {
    switch policy {
    case .pickFirst: pickFirst(members, isWanted: isWanted, at: now)
    case .roundRobin: roundRobin(members)
    }
  }

  private mutating func pickFirst(_ members: [Member], isWanted: Bool, at now: Instant) -> Decision {
    let connecting = members.indices.filter { members[$0].state == .connecting }
    if let ready = members.firstIndex(where: { $0.state == .ready }) {
      restart()
      return Decision(state: .ready, ready: [ready], abandon: connecting)
    }
    var decision = Decision(state: .connecting)
    if isWanted {
      if connecting.isEmpty || isNextDue(among: members, at: now), let index = takeNext(members) {
        decision.connect = [index]
        (current, aloneUntil) = (index, now + Self.headStart)
      }
      if members[next...].contains(where: { $0.state == .idle }) { decision.again = aloneUntil }
    }
    if !connecting.isEmpty || !decision.connect.isEmpty { return decision }
    // The pass is over: calls are told that no address could be reached, and the next one begins a new pass.
    restart()
    let canTry = members.contains { $0.state == .idle }
    return Decision(state: canTry && !isWanted ? .idle : .transientFailure)
  }

  /// Whether another attempt begins beside those under way: the last one has failed or had its head start.
  private func isNextDue(among members: [Member], at now: Instant) -> Bool {
    now >= aloneUntil || current.map { members[$0].state != .connecting } ?? false
  }

  /// The address whose turn it is; those that cannot be connected to now are passed over.
  private mutating func takeNext(_ members: [Member]) -> Int? {
    let found = members[next...].firstIndex { $0.state == .idle }
    next = found.map { $0 + 1 } ?? members.count
    return found
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
