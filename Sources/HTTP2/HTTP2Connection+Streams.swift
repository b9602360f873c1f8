import CNghttp2
import EventLoop

// The list of open streams, and their flow-control windows.
extension HTTP2Connection {
  /// Takes a reference to `stream` that ``streamEnded(_:because:)`` gives back.
  func streamOpened(_ stream: HTTP2Stream, id: Int32) {
    _ = Unmanaged.passRetained(stream)
    stream.id = id
    stream.openedAt = loop.now
    stream.connection = self
    stream.next = firstStream
    firstStream?.previous = stream
    firstStream = stream
    streamCount += 1
    activity.startedStream(at: loop.now)
    if streamCount == 1, role == .client { upkeep?.streamOpened() }
  }

  /// Whether the peer may open a stream. Who ends streams while their handlers work gets as many of those as open
  /// streams; then they must end first.
  var admitsStream: Bool { orphanCount < max(1, Int(configuration.maxConcurrentStreams)) }

  /// Refuses a stream that nothing was done about, so that the peer may try again (RFC 9113 §8.7).
  func refuseStream(_ id: Int32) {
    accepts(
      nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, HTTP2ErrorCode.refusedStream))
  }

  /// The open streams, newest first. `body` must not take streams off the list; resets and answers, which are
  /// sent later, do not.
  package func forEachStream(_ body: (HTTP2Stream) -> Void) {
    var next = firstStream
    while let stream = next {
      next = stream.next
      body(stream)
    }
  }

  func streamEnded(_ stream: HTTP2Stream, because reason: StreamEnd) {
    stream.previous?.next = stream.next
    stream.next?.previous = stream.previous
    if firstStream === stream { firstStream = stream.next }
    stream.previous = nil
    stream.next = nil
    streamCount -= 1
    stream.letGo(stream.heldBytes)
    if stream.isHeldBack {
      stream.isHeldBack = false
      heldBackCount -= 1
    }
    // Also when it held nothing: it may have been the one whose turn it is.
    released(stream)
    if stream.isWorkedOn {
      stream.endedConnection = self
      orphanCount += 1
    }
    forgetAnswer(of: stream)
    count(sent: stream.bufferedBytes)
    stream.connection = nil
    stream.outbound.removeAll()
    loop.cancel(stream)
    stream.closed(reason)
    Unmanaged.passUnretained(stream).release()
    if streamCount == 0 {
      idleSince = loop.now
      apply(drain.handle(.lastStreamEnded))
    }
  }

  /// Ends requests that wait until the peer allows more streams, when it will not: after its GOAWAY, say.
  package func giveUpUnsent() {
    guard role == .client, !isClosed else { return }
    var next = firstStream
    while let stream = next {
      next = stream.next
      // nghttp2 knows a stream from the moment in which its head is made.
      guard nghttp2_session_find_stream(session, stream.id) == nil,
        nghttp2_session_set_stream_user_data(session, stream.id, nil) == 0
      else { continue }
      accepts(
        nghttp2_submit_rst_stream(
          session, UInt8(NGHTTP2_FLAG_NONE.rawValue), stream.id, HTTP2ErrorCode.cancel))
      streamEnded(stream, because: .unsent)
    }
  }

  /// A reset was sent. A peer that earns too many of them by what it sends makes work as one that sends
  /// them itself.
  func sentReset(_ errorCode: UInt32) {
    guard role == .server, errorCode != HTTP2ErrorCode.noError else { return }
    if watcher.hasResetTooMany(at: loop.now) {
      leave(because: .flood)
    } else if errorCode == HTTP2ErrorCode.flowControlError {
      // Of a stream's window that SETTINGS made too large, nghttp2 makes a stream error; RFC 9113 §6.9.2
      // wants the connection to end. §5.4.1 allows that for the other causes.
      accepts(nghttp2_session_terminate_session(session, errorCode))
    }
  }
}

extension HTTP2Connection {
  /// How long a stream is open at least that is not reset as soon as it is opened. Until then it takes one of the
  /// places that a client has, so who keeps to that asks for no more than one who waits for answers.
  private static let worthyAge: Int64 = 10_000_000

  /// Whether `id` is a stream that the server has worked on, and that was not reset before.
  func hasWorked(on id: UInt32) -> Bool {
    guard let pointer = nghttp2_session_get_stream_user_data(session, Int32(truncatingIfNeeded: id)) else {
      return false
    }
    return Unmanaged<HTTP2Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef { stream in
      defer { stream.isResetSeen = true }
      return !stream.isResetSeen && loop.now.nanoseconds - stream.openedAt.nanoseconds >= Self.worthyAge
    }
  }

  /// Ends the connection for what its client does. What else it has sent is not looked at.
  func leave(because breach: FrameWatcher.Breach) {
    submitGoAway(breach.errorCode, reason: Array(breach.reason.utf8))
    accepts(nghttp2_session_terminate_session(session, breach.errorCode))
  }
}

extension HTTP2Stream {
  package final func workBegins() { isWorkedOn = true }

  package final func workEnded() {
    isWorkedOn = false
    endedConnection.take()?.orphanCount -= 1
  }

  final func received(_ bytes: UnsafeRawBufferPointer, session: OpaquePointer?) {
    if receivedData(bytes), connection?.holdsBack(self) != true {
      connection?.accepts(nghttp2_session_consume_stream(session, id, bytes.count))
    } else {
      withheldWindow += bytes.count
    }
  }

  /// Lets the peer send as much as has been read since data was last withheld.
  package final func returnWindow() {
    guard withheldWindow > 0, let connection else { return }
    connection.accepts(nghttp2_session_consume_stream(connection.session, id, withheldWindow))
    withheldWindow = 0
    connection.loop.needsFlush(connection)
  }
}
