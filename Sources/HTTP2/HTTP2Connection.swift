import CNghttp2
import EventLoop

/// An HTTP/2 connection on a socket, plain or with TLS: nghttp2 does framing, HPACK and flow control; this reads,
/// writes once a turn, and hands events to streams. Server and client side. Confined to `loop`.
package final class HTTP2Connection: DescriptorHandler, Flushable {
  package enum Role: Sendable { case server, client }

  package let loop: EventLoop
  package let role: Role
  package let peer: SocketAddress
  /// Tells it apart from all others of the process.
  package let number = EntityNumber.next()
  package var activity = ConnectionActivity()
  let configuration: HTTP2Configuration
  let buffers: TransportBuffers
  /// Kept until the connection is closed, so that a channel which is let go of cannot leave a
  /// connection without an owner.
  private(set) var owner: (any HTTP2ConnectionOwner)?

  package var isQueuedForFlush = false
  var session: OpaquePointer?
  let transport: ByteTransport
  /// The peer by its certificate; nil without TLS, or when it showed none.
  package let peerIdentity: PeerIdentity?
  var registration: Registration?
  /// Bytes that the socket did not take.
  var unsent: [UInt8] = []
  var unsentOffset = 0
  /// The turn in which was last written, and how many bytes.
  var writtenIn: UInt64 = 0
  var written = 0
  /// The turn's bytes are used up: more goes out in the next one.
  var writesOnLater = false
  var closeRequested = false
  /// The peer has closed its side, or the socket is broken.
  var isPeerGone = false
  /// TLS holds bytes that are read in one of the next turns.
  var readsOnLater = false
  private(set) package var isClosed = false
  /// Why it is closed; nil before.
  private(set) package var end: StreamEnd?
  var drain = DrainMachine()
  /// Servers only.
  var watcher: FrameWatcher
  package internal(set) var held: HeldBytes
  /// The stream that gets window while the others wait; 0 for none.
  var favored: Int32 = 0
  /// It has sent something, or was given its turn, since the time of the others was last looked at.
  var isFavoredHeard = false
  var heldBackCount = 0
  /// Some stream waits for what is queued to be taken.
  var hasWaiting = false
  var expected = ExpectedAnswers()
  /// Streams that wait until there is room for their answers, and some that have ended since.
  var awaitingRoom = Line<HTTP2Stream>()
  /// Handlers at work whose streams have ended.
  var orphanCount = 0
  /// The peer's first SETTINGS have come: it speaks HTTP/2.
  var hasHeardSettings = false
  /// Turns in which a closing connection still writes what its peer takes: as much as may be queued.
  var turnsToClose = 128
  var upkeep: ConnectionUpkeep?
  /// When the peer was last heard.
  var lastRead: Instant
  /// When the last open stream ended.
  var idleSince: Instant
  /// Headers or data have gone out since the peer's last PING.
  var hasSentSincePing = false
  /// What the server is, when it is not one of HTTP/2.
  var otherProtocol: String?
  /// Clients: nothing has come yet.
  var awaitsFirstBytes = true
  /// The peer's GOAWAY said that it was asked too often whether it is there (gRFC A8).
  package internal(set) var isToldToPingLess = false

  /// Open streams, newest first.
  unowned(unsafe) var firstStream: HTTP2Stream?
  package internal(set) var streamCount = 0

  /// Takes over the connected `transport`. Call on `loop`, and ``start()`` afterwards.
  package init(
    _ role: Role, _ transport: ByteTransport, peer: SocketAddress, loop: EventLoop, buffers: TransportBuffers,
    configuration: HTTP2Configuration, owner: any HTTP2ConnectionOwner
  ) {
    self.role = role
    self.transport = transport
    peerIdentity = transport.peerIdentity
    self.peer = peer
    self.loop = loop
    self.buffers = buffers
    self.configuration = configuration
    self.owner = owner
    watcher = FrameWatcher(
      flood: FloodGuard(burst: configuration.floodBurst, perSecond: configuration.floodRate, at: loop.now))
    held = HeldBytes(
      receiveLimit: configuration.maxReceivedBytes, queueLimit: configuration.maxQueuedBytes)
    lastRead = loop.now
    idleSince = loop.now
    session = NghttpSession.make(role, for: self)
    submitSettings()
    registration = loop.register(transport.descriptor, for: .read, handler: self)
    upkeep = ConnectionUpkeep(self)
    loop.needsFlush(self)
  }

  /// Takes what came together with the end of the TLS handshake.
  package func start() {
    if transport.tls?.hasPending == true { readAvailable() }
  }

  // MARK: Closing

  /// Sends what is queued as far as the socket takes it, then closes, ending every open stream.
  package func close() {
    guard !isClosed else { return }
    closeRequested = true
    loop.needsFlush(self)
  }

  func tearDown() {
    guard !isClosed else { return }
    isClosed = true
    registration?.cancel()
    if role == .server, !isPeerGone { transport.close(on: loop, buffers) } else { transport.close() }
    let why = transport.tls?.failure?.problem ?? otherProtocol
    let reason = why.map { StreamEnd.connectionBroken($0) } ?? .connectionLost
    end = reason
    while let stream = firstStream {
      streamEnded(stream, because: role == .client && !stream.isHeadSent ? .unsent : reason)
    }
    awaitingRoom = Line()
    nghttp2_session_del(session)
    session = nil
    loop.cancel(drainTimer)
    loop.cancel(turnTimer)
    if let upkeep { loop.cancel(upkeep) }
    upkeep = nil
    owner.take()?.connectionClosed(self)
  }

  /// Bounds the wait of streams for handlers that keep what they work on, and for a stream whose client is silent.
  lazy var turnTimer = ClosureTimer { [unowned self] in giveTurnInTime() }

  /// Bounds the wait for the peer's answer to the shutdown notice.
  lazy var drainTimer = ClosureTimer { [unowned self] in apply(drain.handle(.heard(openStreams: streamCount)))
  }
}
