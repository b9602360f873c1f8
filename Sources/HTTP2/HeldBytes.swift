import EventLoop

/// What one connection makes this side hold: bytes received that nobody has read, what handlers work on (as they
/// have it: inflated and decoded), and bytes written that the peer has not taken. Counts, and says what is still
/// allowed. Pure.
///
/// Back-pressure comes first, refusal last: above half a limit streams get no more window but one at a
/// time, and new calls wait; above the whole limit a stream is refused. A stream that holds everything
/// there is passes, unless handlers work on much already: a single message is bounded by its own limit. For the same
/// reason a handler gets what its message becomes while the others have half of the limit at most.
package struct HeldBytes: Sendable {
  package let receiveLimit: Int
  package let queueLimit: Int
  package private(set) var received = 0
  package private(set) var inUse = 0
  package private(set) var queued = 0

  init(receiveLimit: Int, queueLimit: Int) {
    self.receiveLimit = receiveLimit
    self.queueLimit = queueLimit
  }

  package var total: Int { received + inUse + queued }

  mutating func received(_ count: Int) { received += count }
  mutating func used(_ count: Int) { inUse += count }
  mutating func queued(_ count: Int) { queued += count }

  /// Whether windows are given to one stream at a time.
  var isReceivingTight: Bool { received + inUse > receiveLimit / 2 }
  /// Whether another stream may have its turn then: not while handlers work on what came before.
  var admitsTurn: Bool { inUse <= receiveLimit / 4 }
  /// Whether calls wait for answers of others to be taken before they start.
  package var isQueueTight: Bool { queued > queueLimit / 2 }

  /// - Parameter own: What the stream holds already.
  func admitsReceived(_ count: Int, own: Int) -> Bool {
    received + inUse + count <= receiveLimit || received == own && inUse <= receiveLimit / 2
  }

  /// Whether a handler may have `count` bytes more to work on.
  ///
  /// - Parameter own: What it has already.
  package func admitsUse(_ count: Int, own: Int) -> Bool {
    received + inUse + count <= receiveLimit || inUse - own <= receiveLimit / 2
  }

  /// - Parameter own: What the stream has queued already.
  func admitsQueued(_ count: Int, own: Int) -> Bool {
    queued + count <= queueLimit || queued == own
  }
}

/// What all connections of a loop hold together.
package struct SharedBytes: Sendable {
  package internal(set) var held = 0

  func admits(_ count: Int, own: Int, limit: Int) -> Bool { own + count <= limit - held }
}

extension TransportBuffers {
  /// Bytes held for all peers of the loop, of handlers whose streams or connections have ended as well.
  package var heldBytes: Int { shared.held }
}

// The counting. Everything here is a few additions on a call's way; the rest happens under pressure only.
extension HTTP2Connection {
  func count(received count: Int) {
    held.received(count)
    buffers.shared.held += count
  }

  func count(used count: Int) {
    held.used(count)
    buffers.shared.held += count
  }

  func count(queued count: Int) {
    held.queued(count)
    buffers.shared.held += count
  }

  /// Whether this connection may hold `count` bytes more beside all others of the loop: no more than all together leave
  /// free. So a few that hold much cannot take everything: each finds half of what is left (the dynamic thresholds of
  /// switches with shared memory, with a factor of one).
  package func loopAdmits(_ count: Int) -> Bool {
    buffers.shared.admits(count, own: held.total, limit: configuration.maxHeldBytes)
  }

  /// Bytes of answers have gone out, or are not wanted any more.
  func count(sent count: Int) {
    self.count(queued: -count)
    if !awaitingRoom.isEmpty { admitAnswers() }
    guard hasWaiting, !held.isQueueTight else { return }
    hasWaiting = false
    // Not from within nghttp2's callback: who waits may start a call.
    Confined(self, to: loop).execute { connection in
      guard !connection.isClosed else { return }
      connection.forEachStream { $0.outboundDrained() }
    }
  }
}

extension HTTP2Stream {
  /// Whether the connection may hold `count` more received bytes for this stream.
  package final func admitsReceived(_ count: Int) -> Bool {
    guard let connection else { return true }
    return connection.held.admitsReceived(count, own: heldBytes) || connection.favored == id
  }

  /// Counts bytes that were received and wait to be read.
  package final func hold(_ count: Int) {
    heldBytes += count
    connection?.count(received: count)
  }

  /// They have been read, or are not wanted any more.
  package final func letGo(_ count: Int) {
    guard count > 0 else { return }
    heldBytes -= count
    guard let connection else { return }
    connection.count(received: -count)
    connection.released(self)
  }

  /// Counts what a handler has to work on: what it took from the received bytes, and what that has become. It counts
  /// until ``letGoOfUsed()``, also when the stream ends before.
  package final func use(_ count: Int) {
    guard let connection else { return }
    usedBytes += count
    connection.count(used: count)
  }

  /// The handler has let go of it.
  ///
  /// Returns how much that was.
  @discardableResult
  package final func letGoOfUsed() -> Int {
    guard usedBytes > 0 else { return 0 }
    let count = usedBytes
    usedBytes = 0
    if let connection = connection ?? endedConnection {
      connection.count(used: -count)
      connection.released(self)
    }
    return count
  }

  /// Whether the connection may hold `count` more bytes for its peer to take.
  package final func admitsQueued(_ count: Int) -> Bool {
    guard let connection else { return true }
    return connection.held.admitsQueued(count, own: bufferedBytes)
  }

  /// Has ``outboundDrained()`` called when the connection's peer has taken enough.
  package final func awaitRoom() { connection?.hasWaiting = true }
}
