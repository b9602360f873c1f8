import CNghttp2
import EventLoop

// The list of open streams, and their flow-control windows.
extension HTTP2Connection {
  /// Takes a reference to `stream` that ``streamEnded(_:_:)`` gives back.
  func streamOpened(_ stream: HTTP2Stream, id: Int32) {
    _ = Unmanaged.passRetained(stream)
    stream.id = id
    stream.connection = self
    stream.next = firstStream
    firstStream?.previous = stream
    firstStream = stream
    streamCount += 1
  }

  func streamEnded(_ stream: HTTP2Stream, _ reason: StreamEnd) {
    stream.previous?.next = stream.next
    stream.next?.previous = stream.previous
    if firstStream === stream { firstStream = stream.next }
    stream.previous = nil
    stream.next = nil
    streamCount -= 1
    stream.connection = nil
    stream.outbound.removeAll()
    loop.cancel(stream)
    stream.closed(reason)
    Unmanaged.passUnretained(stream).release()
    if streamCount == 0 { apply(drain.handle(.lastStreamEnded)) }
  }

  func stream(_ id: Int32) -> HTTP2Stream? {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    return Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
  }

  func received(_ bytes: UnsafeRawBufferPointer, on stream: HTTP2Stream) {
    // The connection's window goes back at once: one slow handler must not stall the others.
    nghttp2_session_consume_connection(session, bytes.count)
    if stream.receivedData(bytes) {
      nghttp2_session_consume_stream(session, stream.id, bytes.count)
    } else {
      stream.withheldWindow += bytes.count
    }
  }
}

extension HTTP2Stream {
  /// Lets the peer send as much as has been read since data was last withheld.
  package final func returnWindow() {
    guard withheldWindow > 0, let connection else { return }
    nghttp2_session_consume_stream(connection.session, id, withheldWindow)
    withheldWindow = 0
    connection.loop.needsFlush(connection)
  }
}
