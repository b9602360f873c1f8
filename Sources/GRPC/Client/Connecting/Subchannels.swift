import EventLoop
import HTTP2

/// The addresses of a channel: resolves its target, connects as the policy says, gives calls a connection
/// and lets them wait for one. The timer is that of name resolution. Confined to `loop`.
final class Subchannels: LoopTimer {
  private let loop: EventLoop
  private let target: ChannelTarget
  private let connector: Connector
  private let backoff: ConnectionBackoff
  private let resolver: BlockingPool
  private let nameResolver: ChannelConfiguration.NameResolver
  private var resolution: ResolutionMachine
  private var balancer: Balancer

  private var members: [Subchannel] = []
  /// Addresses that the target has no more, until their calls have ended.
  private var leaving: [Subchannel] = []
  private var ready: [Subchannel] = []
  private var turn = 0
  /// Calls without a connection, in the order in which they came.
  private var waiting: [ClientCall] = []
  private(set) var lastFailure: SocketError?
  private(set) var state = ConnectivityState.idle
  /// Of attempts to connect that do not wait for each other's end.
  private lazy var pace = ClosureTimer { [weak self] in self?.update() }

  init(
    _ target: ChannelTarget, _ connector: Connector, _ configuration: ChannelConfiguration,
    resolver: BlockingPool
  ) {
    loop = connector.loop
    self.target = target
    self.connector = connector
    self.resolver = resolver
    nameResolver = configuration.nameResolver
    backoff = configuration.backoff
    resolution = ResolutionMachine(backoff, interval: configuration.resolutionInterval)
    balancer = Balancer(configuration.loadBalancing)
  }

  var keepaliveTime: Duration? { connector.http2.keepaliveTime }

  var snapshots: [SubchannelSnapshot] { (members + leaving).map(\.snapshot) }

  // MARK: Calls

  /// The address for the next call; nil when the call has to ``wait(_:)``.
  func pick() -> Subchannel? {
    guard ready.count > 1 else { return ready.first }
    turn &+= 1
    return ready[turn % ready.count]
  }

  /// `call` is told to open as soon as that makes sense, or that it does not.
  func wait(_ call: ClientCall) {
    guard state != .shutdown else { return call.unreachable(closedError) }
    waiting.append(call)
    update()
  }

  func stopWaiting(_ call: ClientCall) { waiting.removeAll { $0 === call } }

  // MARK: Changes

  /// The state of `member` has changed.
  func changed(_ member: Subchannel) {
    if let failure = member.lastFailure { lastFailure = failure }
    // An address that is lost or cannot be reached may have been replaced by another.
    if !target.isFixed, member.member.state == .idle || member.member.state == .transientFailure {
      perform(.wanted)
    }
    update()
  }

  /// The last connection of a subchannel that was shut down is closed.
  func left(_ member: Subchannel) { leaving.removeAll { $0 === member } }

  /// Ends every connection and every call.
  func shutDown() {
    state = .shutdown
    ready = []
    loop.cancel(self)
    loop.cancel(pace)
    for member in members + leaving { member.shutDown(cuttingOff: true) }
    (members, leaving) = ([], [])
    let calls = waiting
    waiting = []
    for call in calls { call.unreachable(closedError) }
  }

  private var closedError: RPCError { RPCError(.unavailable, "the channel is closed") }

  private func update() {
    var isSettled = state == .shutdown
    while !isSettled {
      let decision =
        members.isEmpty
        ? resolve() : balancer.decide(members.map(\.member), isWanted: !waiting.isEmpty, at: loop.now)
      state = decision.state
      ready = decision.ready.map { members[$0] }
      for index in decision.connect { members[index].connect() }
      for index in decision.abandon { members[index].stopConnecting() }
      if let again = decision.again { loop.schedule(pace, at: again) } else { loop.cancel(pace) }
      switch state {
      case .ready:
        let calls = waiting
        waiting = []
        for call in calls { call.open() }
        isSettled = true
      case .transientFailure:
        // Those that go on waiting may want another pass at once.
        isSettled = !failWaiting()
      case .idle, .connecting, .shutdown: isSettled = true
      }
    }
  }

  /// Whether some calls failed and others wait on.
  private func failWaiting() -> Bool {
    let failing = waiting.filter { !$0.options.waitsForReady }
    guard !failing.isEmpty else { return false }
    waiting.removeAll { !$0.options.waitsForReady }
    let error = RPCError(.unavailable, lastFailure.map { "\($0)" } ?? "no address can be reached")
    for call in failing { call.unreachable(error) }
    return !waiting.isEmpty && state != .shutdown
  }

  // MARK: Name resolution

  /// Stands in for the balancer while there are no addresses.
  private func resolve() -> Balancer.Decision {
    if !waiting.isEmpty { perform(.wanted) }
    return switch resolution.state {
    case .failed: Balancer.Decision(state: .transientFailure)
    case .resolving: Balancer.Decision(state: .connecting)
    case .unresolved, .resolved: Balancer.Decision(state: .idle)
    }
  }

  override func fire() {
    perform(.due)
    update()
  }

  private func perform(_ event: ResolutionMachine.Event) {
    guard state != .shutdown else { return }
    let action = resolution.handle(event, at: loop.now)
    if let due = resolution.due { loop.schedule(self, at: due) } else { loop.cancel(self) }
    guard action == .resolve else { return }
    let (target, nameResolver) = (target, nameResolver)
    Confined(self, to: loop).task { subchannels in
      do throws(SocketError) {
        let endpoints = try await subchannels.resolver.run(on: subchannels.loop) { () throws(SocketError) in
          try target.resolve(nameResolver)
        }
        subchannels.perform(.succeeded)
        subchannels.replace(subchannels.balancer.ordered(endpoints))
      } catch {
        subchannels.lastFailure = error
        subchannels.perform(.failed(random: .random(in: -1...1)))
      }
      subchannels.update()
    }
  }

  /// Addresses that stay keep their connection.
  private func replace(_ endpoints: [Endpoint]) {
    guard state != .shutdown else { return }
    balancer.restart()
    let old = members
    members = endpoints.map { endpoint in
      old.first { $0.endpoint == endpoint } ?? Subchannel(endpoint, connector, backoff, owner: self)
    }
    for member in old where !members.contains(where: { $0 === member }) {
      member.shutDown(cuttingOff: false)
      if !member.isEmpty { leaving.append(member) }
    }
  }
}
