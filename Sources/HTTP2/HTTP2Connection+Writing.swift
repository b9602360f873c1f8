import CNghttp2
import EventLoop
import Glibc

// From nghttp2 to the socket, once a turn.
extension HTTP2Connection {
  /// Bytes that one connection writes in one turn, give or take a buffer: a peer that takes them quickly gets the
  /// next ones when the others had their turn.
  private static let bytesPerTurn = 512 << 10

  package func flush() {
    guard !isClosed, !writesOnLater else { return }
    guard sendUnsent() else {
      // Refusals and acknowledgements pile up for a peer that asks for them and does not read.
      if let session, nghttp2_session_get_outbound_queue_size(session) > configuration.maxQueuedFrames {
        tearDown()
      }
      return
    }
    if writtenIn != loop.turn { (writtenIn, written) = (loop.turn, 0) }
    while true {
      if written >= Self.bytesPerTurn {
        guard writeOut() else { return }
        if closeRequested { turnsToClose -= 1 }
        return turnsToClose > 0 ? writeOnLater() : tearDown()
      }
      var pointer: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &pointer)
      if count < 0 { closeRequested = true }
      if count == 0, buffers.isFull {
        buffers.isFull = false
        guard writeOut() else { return }
        continue
      }
      guard count > 0 else { break }
      guard take(UnsafeRawBufferPointer(start: pointer, count: count)) else { return }
    }
    guard writeOut() else { return }
    let isOver = nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
    if closeRequested || isOver { tearDown() }
  }

  /// Queues a frame of nghttp2's, which keeps the bytes until it is asked for the next one or deleted; false when the
  /// socket is full or gone.
  private func take(_ frame: UnsafeRawBufferPointer) -> Bool {
    if buffers.append(frame) { return true }
    let isTaken = writeOut()
    if isClosed { return false }
    if isTaken, buffers.append(frame) { return true }
    unsent.append(contentsOf: frame)
    return waitForRoom()
  }

  /// Goes on in the next turn.
  private func writeOnLater() {
    writesOnLater = true
    Confined(self, to: loop).execute { connection in
      connection.writesOnLater = false
      if !connection.isClosed { connection.loop.needsFlush(connection) }
    }
  }

  /// Sends what an earlier write left over; false while some is left.
  private func sendUnsent() -> Bool {
    guard !unsent.isEmpty else { return true }
    let count = unsent.withUnsafeBytes {
      transport.write($0.baseAddress! + unsentOffset, count: $0.count - unsentOffset)
    }
    guard count >= 0 else { return afterFailedWrite(errno) }
    unsentOffset += count
    guard unsentOffset == unsent.count else { return waitForRoom() }
    unsent = []
    unsentOffset = 0
    registration?.update(.read)
    return true
  }

  /// Writes the shared buffer to the socket; false when the socket is full or gone.
  private func writeOut() -> Bool {
    let bytes = buffers.pending
    var offset = 0
    defer {
      buffers.clear()
      written += offset
    }
    while offset < bytes.count {
      let count = transport.write(bytes.baseAddress! + offset, count: bytes.count - offset)
      if count >= 0 {
        offset += count
      } else if errno != EINTR {
        let code = errno
        if code == EAGAIN { (unsent, unsentOffset) = (Array(bytes[offset...]), 0) }
        return afterFailedWrite(code)
      }
    }
    return true
  }

  private func afterFailedWrite(_ code: Int32) -> Bool {
    if code == EAGAIN || code == EINTR { return waitForRoom() }
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
}
