import CNghttp2
import EventLoop
import Glibc

/// What the owner of a connection decides and hears.
package protocol HTTP2ConnectionOwner: AnyObject {
  /// A peer opens a stream (servers only).
  func makeStream(on connection: HTTP2Connection) -> HTTP2Stream
  /// A GOAWAY has come: no new streams on this connection.
  func goAwayReceived(on connection: HTTP2Connection)
  /// The peer's settings have come: it speaks HTTP/2.
  func settingsReceived(on connection: HTTP2Connection)
  /// The connection is gone; its streams have been told.
  func connectionClosed(_ connection: HTTP2Connection)
}

extension HTTP2ConnectionOwner {
  package func settingsReceived(on connection: HTTP2Connection) {}
}

/// An HTTP/2 connection on a socket, plain or with TLS: nghttp2 does framing, HPACK and flow control; this reads,
/// writes once a turn, and hands events to streams. Server and client side. Confined to `loop`.
package final class HTTP2Connection: DescriptorHandler, Flushable, @unchecked Sendable {
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
  private var registration: Registration?
  /// Bytes that the socket did not take.
  private var unsent: [UInt8] = []
  private var unsentOffset = 0
  private var closeRequested = false
  /// The peer has closed its side, or the socket is broken.
  private var isPeerGone = false
  /// TLS holds bytes that are read in one of the next turns.
  private var readsOnLater = false
  private(set) package var isClosed = false
  /// Why it is closed; nil before.
  private(set) package var end: StreamEnd?
  var drain = DrainMachine()
  /// Servers only.
  var watcher: FrameWatcher
  package internal(set) var held: HeldBytes
  /// The stream that gets window while the others wait; 0 for none.
  var favored: Int32 = 0
  var heldBackCount = 0
  /// Some stream waits for what is queued to be taken.
  var hasWaiting = false
  var upkeep: ConnectionUpkeep?
  /// When the peer was last heard.
  private(set) var lastRead: Instant
  /// When the last open stream ended.
  var idleSince: Instant
  /// Headers or data have gone out since the peer's last PING.
  var hasSentSincePing = false
  /// What the server is, when it is not one of HTTP/2.
  private var otherProtocol: String?
  /// Clients: nothing has come yet.
  private var awaitsFirstBytes = true
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
      flood: FloodGuard(burst: configuration.floodBurst, perSecond: configuration.floodRefill, at: loop.now))
    held = HeldBytes(
      receiveLimit: configuration.maxReceivedBytes, queueLimit: configuration.maxQueuedBytes)
    lastRead = loop.now
    idleSince = loop.now
    session = NghttpSession.make(role, self)
    submitSettings()
    registration = loop.register(transport.descriptor, .read, self)
    upkeep = ConnectionUpkeep(self)
    loop.needsFlush(self)
  }

  /// Takes what came together with the end of the TLS handshake.
  package func start() {
    if transport.tls?.hasPending == true { readAvailable() }
  }

  // MARK: Reading

  package func descriptorReady(_ events: DescriptorEvents) {
    // Who has bytes left from this turn has his turn already.
    if !readsOnLater, !events.isDisjoint(with: [.read, .failed]) { readAvailable() }
    guard events.contains(.write), !isClosed else { return }
    if transport.tls?.readWantsWrite == true {
      registration?.update(.read)
      readAvailable()
    }
    loop.needsFlush(self)
  }

  private func readAvailable() {
    let input = buffers.input
    // A peer that sends faster than this reads gets its next turn when the others had theirs.
    var turns = 4
    while !closeRequested, turns > 0 {
      turns -= 1
      let count = transport.read(input)
      guard count > 0 else {
        if count < 0 && (errno == EAGAIN || errno == EINTR) { break }
        (closeRequested, isPeerGone) = (true, true)
        break
      }
      lastRead = loop.now
      guard process(UnsafeRawBufferPointer(rebasing: input[..<count])),
        transport.hasMore(afterReading: count, of: input.count)
      else { break }
    }
    if let tls = transport.tls { resumeReading(tls) }
    loop.needsFlush(self)
  }

  /// Hands bytes to nghttp2, up to a frame that it would not object to but should; false when there is one.
  private func process(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let objection = role == .server ? watcher.receive(bytes, at: loop.now) : nil
    if role == .client, awaitsFirstBytes {
      awaitsFirstBytes = false
      otherProtocol = OtherProtocol.hint(bytes)
    }
    let start = bytes.baseAddress!.assumingMemoryBound(to: UInt8.self)
    // Anything nghttp2 cannot live with has queued a GOAWAY, which the flush sends.
    if nghttp2_session_mem_recv(session, start, objection?.offset ?? bytes.count) < 0 {
      closeRequested = true
    }
    guard let objection else { return true }
    nghttp2_session_terminate_session(session, objection.errorCode)
    return false
  }

  /// The socket does not report what TLS holds: bytes that have been read from it, and an answer of its own.
  private func resumeReading(_ tls: TLSSession) {
    if tls.readWantsWrite {
      registration?.update([.read, .write])
    } else if tls.mayRead, !closeRequested {
      readsOnLater = true
      loop.execute { [weak self] in
        guard let self else { return }
        readsOnLater = false
        if !isClosed { readAvailable() }
      }
    }
  }

  // MARK: Writing

  package func flush() {
    guard !isClosed else { return }
    guard sendUnsent() else {
      // Refusals and acknowledgements pile up for a peer that asks for them and does not read.
      if let session, nghttp2_session_get_outbound_queue_size(session) > configuration.maxQueuedFrames {
        tearDown()
      }
      return
    }
    while true {
      if buffers.outputCount > TransportBuffers.writeSize - TransportBuffers.frameRoom {
        guard writeOut() else { return }
      }
      var pointer: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &pointer)
      if count < 0 { closeRequested = true }
      if count == 0, buffers.isFull {
        buffers.isFull = false
        guard writeOut() else { return }
        continue
      }
      guard count > 0, let pointer else { break }
      buffers.append(pointer, count)
    }
    guard writeOut() else { return }
    let isOver = nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    if closeRequested || isOver { tearDown() }
  }

  /// Sends what an earlier write left over; false while some is left.
  private func sendUnsent() -> Bool {
    guard !unsent.isEmpty else { return true }
    let count = unsent.withUnsafeBytes {
      transport.write($0.baseAddress! + unsentOffset, $0.count - unsentOffset)
    }
    guard count >= 0 else { return afterFailedWrite() }
    unsentOffset += count
    guard unsentOffset == unsent.count else { return waitForRoom() }
    unsent = []
    unsentOffset = 0
    registration?.update(.read)
    return true
  }

  /// Writes the shared buffer to the socket; false when the socket is full or gone.
  private func writeOut() -> Bool {
    let output = buffers.output
    var offset = 0
    defer { buffers.outputCount = 0 }
    while offset < buffers.outputCount {
      let count = transport.write(output.baseAddress! + offset, buffers.outputCount - offset)
      if count >= 0 {
        offset += count
      } else if errno != EINTR {
        if errno == EAGAIN {
          unsent = Array(output[offset..<buffers.outputCount])
          unsentOffset = 0
        }
        return afterFailedWrite()
      }
    }
    return true
  }

  private func afterFailedWrite() -> Bool {
    if errno == EAGAIN || errno == EINTR { return waitForRoom() }
    isPeerGone = true
    tearDown()
    return false
  }

  private func waitForRoom() -> Bool {
    if closeRequested {
      tearDown()
    } else {
      registration?.update([.read, .write])
    }
    return false
  }

  // MARK: Closing

  /// Sends what is queued as far as the socket takes it, then closes, ending every open stream.
  package func close() {
    guard !isClosed else { return }
    closeRequested = true
    loop.needsFlush(self)
  }

  private func tearDown() {
    guard !isClosed else { return }
    isClosed = true
    registration?.cancel()
    if role == .server, !isPeerGone { transport.close(on: loop, buffers) } else { transport.close() }
    let why = transport.tls?.failure?.problem ?? otherProtocol
    let reason = why.map { StreamEnd.connectionBroken($0) } ?? .connectionLost
    end = reason
    while let stream = firstStream {
      streamEnded(stream, role == .client && !stream.isHeadSent ? .unsent : reason)
    }
    nghttp2_session_del(session)
    session = nil
    loop.cancel(drainTimer)
    if let upkeep { loop.cancel(upkeep) }
    upkeep = nil
    owner.take()?.connectionClosed(self)
  }

  /// Bounds the wait for the peer's answer to the shutdown notice.
  lazy var drainTimer = ClosureTimer { [unowned self] in apply(drain.handle(.heard(openStreams: streamCount)))
  }
}
