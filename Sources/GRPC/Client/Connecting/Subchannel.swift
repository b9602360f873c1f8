import EventLoop
import HTTP2

/// One address of a channel with the connection to it. Carries out what ``SubchannelMachine`` decides; the
/// timer is that of the machine. Confined to its channel's loop.
final class Subchannel: LoopTimer, HTTP2ConnectionOwner {
  let endpoint: Endpoint
  private let number = EntityNumber.next()
  private let connector: Connector
  /// Told of every change; weak, for the connections keep the subchannel until they are closed.
  private weak var owner: Subchannels?
  private var machine: SubchannelMachine
  private var connection: HTTP2Connection?
  /// Connections that take no more calls and have some under way.
  private var retiring: [HTTP2Connection] = []
  private var attempt: Task<Void, Never>?
  /// Counts attempts: a connection that an abandoned one makes later is closed.
  private var generation = 0
  private(set) var lastFailure: SocketError?
  private(set) var calls = CallCounts()

  private var address: SocketAddress { endpoint.address }

  init(_ endpoint: Endpoint, _ connector: Connector, _ backoff: ConnectionBackoff, owner: Subchannels) {
    self.endpoint = endpoint
    self.connector = connector
    self.owner = owner
    machine = SubchannelMachine(backoff)
  }

  var member: Balancer.Member { Balancer.Member(state: machine.state, hasFailed: machine.failures > 0) }

  /// Whether no connection is left.
  var isEmpty: Bool { connection == nil && retiring.isEmpty }

  var snapshot: SubchannelSnapshot {
    SubchannelSnapshot(
      number: number, address: address, state: machine.state, calls: calls,
      lastFailure: lastFailure?.description,
      connections: (retiring + [connection].compactMap { $0 }).filter { !$0.isClosed }.map(\.snapshot))
  }

  // MARK: Calls

  /// Opens a call's stream; false when the connection takes no more, which the owner has heard then.
  func open(_ stream: ClientStream, head: HeaderBlock) -> Bool {
    guard let connection, connection.open(stream, head: head) else {
      // When it is not closed it has used up its stream ids.
      connection?.startDrain()
      leave()
      return false
    }
    calls.started += 1
    calls.lastStart = connector.loop.now
    return true
  }

  func callEnded(well: Bool) { if well { calls.succeeded += 1 } else { calls.failed += 1 } }

  // MARK: Connecting

  /// Begins to connect when it is idle.
  func connect() {
    guard handle(.wanted(random: .random(in: -1...1))) == .connect, let due = machine.due else { return }
    generation += 1
    let (number, timeout) = (generation, due - connector.loop.now)
    attempt = Confined(self, to: connector.loop).task { subchannel in
      do throws(SocketError) {
        let connection = try await subchannel.connector.connect(
          to: subchannel.endpoint, within: timeout, owner: subchannel)
        subchannel.adopt(connection, number: number)
      } catch {
        if number == subchannel.generation { subchannel.fail(error) }
      }
    }
  }

  /// Gives up an attempt that is under way; its owner knows.
  func stopConnecting() { perform(handle(.unwanted)) }

  /// Ends what there is of attempts and connections; calls under way go on unless they are to be cut off.
  func shutDown(cuttingOff: Bool) {
    if machine.state != .shutdown {
      retire()
      perform(handle(.shutDown))
    }
    for connection in retiring { if cuttingOff { connection.close() } else { connection.startDrain() } }
  }

  /// The back-off is over, or the attempt took too long.
  override func fire() {
    let action = handle(.due)
    if action == .abandon {
      lastFailure = SocketError(
        address: address.description, problem: "cannot connect: it took too long")
    }
    perform(action)
    owner?.changed(self)
  }

  private func adopt(_ connection: HTTP2Connection, number: Int) {
    guard number == generation, machine.state == .connecting else { return connection.close() }
    self.connection = connection
    connection.start()
  }

  private func fail(_ error: SocketError) {
    lastFailure = error
    perform(handle(.failed))
    owner?.changed(self)
  }

  /// New calls go elsewhere; those under way end on the connection they have.
  private func leave() {
    if machine.state == .connecting {
      lastFailure = SocketError(address: address.description, problem: "the server sends clients away")
    }
    retire()
    perform(handle(.left))
    owner?.changed(self)
  }

  private func retire() {
    guard let connection = connection.take(), !connection.isClosed else { return }
    connection.giveUpUnsent()
    if connection.streamCount == 0 { connection.close() }
    retiring.append(connection)
  }

  private func handle(_ event: SubchannelMachine.Event) -> SubchannelMachine.Action {
    let action = machine.handle(event, at: connector.loop.now)
    if let due = machine.due { connector.loop.schedule(self, at: due) } else { connector.loop.cancel(self) }
    return action
  }

  private func perform(_ action: SubchannelMachine.Action) {
    guard action == .abandon else { return }
    generation += 1
    attempt?.cancel()
    attempt = nil
    connection.take()?.close()
  }

  // MARK: What the connection says

  func makeStream(on connection: HTTP2Connection) -> HTTP2Stream {
    preconditionFailure("a server cannot open streams: push is off")
  }

  func settingsReceived(on connection: HTTP2Connection) {
    guard self.connection === connection, machine.state == .connecting else { return }
    perform(handle(.connected))
    lastFailure = nil
    owner?.changed(self)
  }

  func goAwayReceived(on connection: HTTP2Connection) {
    if connection.isToldToPingLess { connector.pingLess() }
    guard self.connection === connection else { return }
    leave()
  }

  func connectionClosed(_ connection: HTTP2Connection) {
    retiring.removeAll { $0 === connection }
    guard self.connection === connection else {
      if machine.state == .shutdown, isEmpty { owner?.left(self) }
      return
    }
    self.connection = nil
    guard machine.state == .connecting else { return leave() }
    fail(
      SocketError(
        address: address.description,
        problem: "the connection to the server was lost before its settings came\(connection.whyClosed)"))
  }
}

extension HTTP2Connection {
  /// For the end of a sentence; empty when nothing is known.
  fileprivate var whyClosed: String {
    if case .connectionBroken(let why) = end { ": \(why)" } else { "" }
  }
}
