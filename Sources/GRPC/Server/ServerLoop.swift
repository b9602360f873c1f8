import EventLoop
import HTTP2
import Synchronization
import Wire

/// The part of a server that lives on one loop: its connections and what its calls share. Nothing
/// on a call's way is shared between loops. Confined to `loop`; the server holds it only to reach it there.
@usableFromInline package final class ServerLoop: HTTP2ConnectionOwner, @unchecked Sendable {
  let loop: EventLoop
  let table: HandlerTable
  let interceptors: InterceptorChain
  @usableFromInline package let configuration: ServerConfiguration
  private let http2: HTTP2Configuration
  @usableFromInline package let work: LargeWork
  let compression: MessageCompression
  let handshakeBudget = HandshakeBudget()
  private let buffers = TransportBuffers()
  @usableFromInline package var framer = MessageFramer()
  private var connections: [ObjectIdentifier: HTTP2Connection] = [:]
  var handshakes: Handshakes
  private var whenEmpty: [UnsafeContinuation<Void, Never>] = []
  private(set) var isDraining = false
  /// Calls that were cancelled because the server would not wait for them.
  private(set) var cutOffCount = 0

  /// Read by the loop that accepts, to place a connection.
  let connectionCount = Atomic<Int>(0)
  /// Calls open now, for the drain and for metrics.
  private(set) var callCount = 0
  private var calls = CallCounts()
  /// Bytes of large messages that handlers have let go of since that was last looked at.
  private var freedBytes = 0
  private var busySeconds = 0
  private lazy var givingBack = ClosureTimer { [weak self] in self?.giveBackMemory() }

  init(
    loop: EventLoop, table: HandlerTable, interceptors: InterceptorChain, configuration: ServerConfiguration,
    blocking: BlockingPool, http2: HTTP2Configuration, loops: Int
  ) {
    self.loop = loop
    self.table = table
    self.interceptors = interceptors
    self.configuration = configuration
    self.http2 = http2
    handshakes = Handshakes(limit: configuration.tlsHandshakes(loops: loops))
    work = LargeWork(loop: loop, pool: blocking)
    compression = MessageCompression(work)
  }

  @inlinable package func frame(_ message: some Message) throws(RPCError) -> OutboundChunk {
    try framer.frame(message, limit: configuration.maxSendMessageSize)
  }

  // MARK: Connections

  func serve(_ transport: ByteTransport, peer: SocketAddress) {
    let connection = HTTP2Connection(
      .server, transport, peer: peer, loop: loop, buffers: buffers, configuration: http2,
      owner: self)
    connections[ObjectIdentifier(connection)] = connection
    connection.start()
    if isDraining { connection.startDrain() }
  }

  package func makeStream(on connection: HTTP2Connection) -> HTTP2Stream {
    callCount += 1
    calls.started += 1
    calls.lastStart = loop.now
    return ServerStream(server: self, connection: connection)
  }

  func callEnded() { callCount -= 1 }
  func callSucceeded() { calls.succeeded += 1 }

  /// All that were ever begun.
  var callCounts: CallCounts {
    var counts = calls
    counts.failed = max(0, calls.started - calls.succeeded - callCount)
    return counts
  }

  var openConnections: [(number: Int64, peer: SocketAddress)] {
    connections.values.map { ($0.number, $0.peer) }
  }

  func connection(_ number: Int64) -> ConnectionSnapshot? {
    connections.values.first { $0.number == number }?.snapshot
  }

  package func goAwayReceived(on connection: HTTP2Connection) {}

  package func connectionClosed(_ connection: HTTP2Connection) {
    connections[ObjectIdentifier(connection)] = nil
    socketClosed()
  }

  func socketClosed() {
    connectionCount.subtract(1, ordering: .relaxed)
    if connections.isEmpty {
      for waiter in whenEmpty { waiter.resume() }
      whenEmpty = []
    }
  }

  // MARK: Memory

  /// Bytes held for clients: requests, what they have become, and answers.
  var heldBytes: Int { buffers.heldBytes }

  /// Large messages leave pages that the allocator would keep for as long as the server runs.
  private static let largeMessage = 64 << 10
  /// Freed bytes from which on it pays to give memory back.
  private static let worthGivingBack = 32 << 20
  /// How long memory is kept at most while that much is freed in each second.
  private static let longestBusySeconds = 10

  /// A handler has let go of a message of `count` bytes, and of what it had become.
  func freed(_ count: Int) {
    guard count >= Self.largeMessage else { return }
    freedBytes += count
    if freedBytes >= Self.worthGivingBack, !givingBack.isScheduled { giveBackLater() }
  }

  private func giveBackLater() {
    freedBytes = 0
    loop.schedule(givingBack, after: .seconds(1))
  }

  private func giveBackMemory() {
    // What comes next would take the memory back from the system, page by page.
    if freedBytes >= Self.worthGivingBack, busySeconds < Self.longestBusySeconds {
      busySeconds += 1
      return giveBackLater()
    }
    (freedBytes, busySeconds) = (0, 0)
    work.start { FreedMemory.giveBack() }
  }

  // MARK: Going away

  /// Tells every client to go elsewhere; what is in flight goes on.
  func startDrain() {
    isDraining = true
    for handshake in handshakes.all { handshake.cancel() }
    for connection in connections.values { connection.startDrain() }
  }

  /// Closes what is left; calls under way are cancelled, and their clients told why.
  func cutOff() {
    cutOffCount += callCount
    for connection in connections.values {
      connection.forEachStream { ($0 as? ServerStream)?.fail(.shuttingDown) }
      connection.close()
    }
  }

  func waitUntilEmpty() async {
    guard !connections.isEmpty else { return }
    await withUnsafeContinuation { whenEmpty.append($0) }
  }
}
