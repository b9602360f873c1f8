import CNghttp2
import EventLoop
import Glibc

// From the socket to nghttp2.
extension HTTP2Connection {
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

  /// Time after which a turn of the loop takes little more from each peer: what has come can be a thousand calls.
  private static let longTurn = Duration.milliseconds(5)
  /// Bytes that a peer may bring in then.
  private static let lateRead = 8 << 10

  func readAvailable() {
    let isLate = loop.now - loop.turnBegan > Self.longTurn
    let input =
      isLate ? UnsafeMutableRawBufferPointer(rebasing: buffers.input[..<Self.lateRead]) : buffers.input
    // A peer that sends faster than this reads gets its next turn when the others had theirs.
    var turns = isLate ? 1 : 4
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
      if Instant.now - loop.turnBegan > Self.longTurn { break }
    }
    if let tls = transport.tls { resumeReading(tls) }
    loop.needsFlush(self)
  }

  /// Hands bytes to nghttp2, up to a frame that it would not object to but should; false when there is one.
  private func process(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let objection = role == .server ? watcher.receive(bytes, at: loop.now, hasWorked: hasWorked) : nil
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
    leave(because: objection.breach)
    return false
  }

  /// The socket does not report what TLS holds: bytes that have been read from it, and an answer of its own.
  private func resumeReading(_ tls: TLSSession) {
    if tls.readWantsWrite {
      registration?.update([.read, .write])
    } else if tls.mayRead, !closeRequested {
      readsOnLater = true
      Confined(self, to: loop).execute { connection in
        connection.readsOnLater = false
        if !connection.isClosed { connection.readAvailable() }
      }
    }
  }
}
