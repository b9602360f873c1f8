import CNghttp2
import EventLoop
import Glibc

// From nghttp2 to the socket, once a turn.
extension HTTP2Connection {
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
}
