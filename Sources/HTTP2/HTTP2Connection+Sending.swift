import CNghttp2
import EventLoop

extension HTTP2Connection {
  func submitSettings() {
    var entries = [
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE.rawValue),
        value: UInt32(configuration.streamWindow)),
      nghttp2_settings_entry(
        settings_id: Int32(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE.rawValue),
        value: configuration.maxHeaderListSize),
      role == .server
        ? nghttp2_settings_entry(
          settings_id: Int32(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS.rawValue),
          value: configuration.maxConcurrentStreams)
        : nghttp2_settings_entry(
          settings_id: Int32(NGHTTP2_SETTINGS_ENABLE_PUSH.rawValue), value: 0),
    ]
    accepts(nghttp2_submit_settings(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), &entries, entries.count))
    accepts(
      nghttp2_session_set_local_window_size(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), 0, configuration.connectionWindow))
  }

  /// Opens a stream for a client's request; its body follows with ``HTTP2Stream/write(_:)``.
  ///
  /// Returns false when the connection takes no more streams.
  package func open(_ stream: HTTP2Stream, head: HeaderBlock) -> Bool {
    guard !isClosed, nghttp2_session_check_request_allowed(session) != 0 else { return false }
    let id = HeaderFields.with(head) { fields in
      var provider = OutboundProvider.provider
      return nghttp2_submit_request(
        session, nil, fields.baseAddress, fields.count, &provider,
        Unmanaged.passUnretained(stream).toOpaque())
    }
    guard accepts(id) else { return false }
    streamOpened(stream, id: id)
    loop.needsFlush(self)
    return true
  }

  /// Asks the peer to open no more streams and closes when the open ones have ended (RFC 9113 §6.8).
  package func startDrain() { apply(drain.handle(.start)) }

  /// Asks the peer for a sign of life; `payload` comes back with the answer.
  func ping(_ payload: [UInt8]) {
    accepts(nghttp2_submit_ping(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), payload))
    loop.needsFlush(self)
  }

  /// Leaves a peer that asks too often (gRFC A8).
  func refusePings() {
    submitGoAway(HTTP2ErrorCode.enhanceYourCalm, reason: PingPayload.tooMany)
    close()
  }

  /// Leaves a peer that connects and does not say what it wants.
  func refuseSilence() {
    submitGoAway(
      HTTP2ErrorCode.settingsTimeout, reason: Array("no SETTINGS came in time (handshake-timeout)".utf8))
    close()
  }

  /// - Parameter reason: For those who look for the cause: what `errorCode` does not say.
  func submitGoAway(_ errorCode: UInt32, reason: [UInt8] = []) {
    accepts(
      nghttp2_submit_goaway(
        session, UInt8(NGHTTP2_FLAG_NONE.rawValue), nghttp2_session_get_last_proc_stream_id(session),
        errorCode, reason, reason.count))
  }

  func apply(_ action: DrainMachine.Action) {
    guard !isClosed, let session else { return }
    switch action {
    case .none: return
    case .sendNotice:
      accepts(nghttp2_submit_shutdown_notice(session))
      ping(PingPayload.drain)
      loop.schedule(drainTimer, after: .milliseconds(500))
    case .sendGoAway(let thenClose):
      loop.cancel(drainTimer)
      submitGoAway(HTTP2ErrorCode.noError)
      if thenClose { return close() }
    case .close: return close()
    }
    loop.needsFlush(self)
  }
}

extension HTTP2Stream {
  /// Sends a response's head; the body follows until ``finish(trailers:)``.
  package final func respond(head: HeaderBlock) {
    guard let connection else { return }
    HeaderFields.with(head) { submitResponse($0, on: connection) }
  }

  /// Sends a head that is the whole response (gRPC's Trailers-Only).
  package final func respondOnly(head: HeaderBlock) {
    guard let connection else { return }
    let code = HeaderFields.with(head) { fields in
      nghttp2_submit_response(connection.session, id, fields.baseAddress, fields.count, nil)
    }
    submitted(code, on: connection)
  }

  /// Sends a head of static fields, with no copy made of them.
  package final func respond(head: StaticFields) {
    guard let connection else { return }
    submitResponse(head.fields, on: connection)
  }

  private final func submitResponse(
    _ fields: UnsafeMutableBufferPointer<nghttp2_nv>, on connection: HTTP2Connection
  ) {
    var provider = OutboundProvider.provider
    submitted(
      nghttp2_submit_response(connection.session, id, fields.baseAddress, fields.count, &provider),
      on: connection
    )
  }

  /// An answer that nghttp2 does not take will never come: its peer must not wait for it.
  private final func submitted(_ code: Int32, on connection: HTTP2Connection) {
    if connection.accepts(code) {
      connection.loop.needsFlush(connection)
    } else {
      reset(HTTP2ErrorCode.internalError)
    }
  }

  /// Queues bytes of the body.
  package final func write(_ chunk: OutboundChunk) {
    guard let connection else { return }
    outbound.append(chunk)
    connection.count(queued: chunk.count)
    resume(connection)
  }

  /// Ends the body; `trailers` follow it when there are any.
  package final func finish(trailers: Trailers) {
    guard let connection, !isOutboundFinished else { return }
    isOutboundFinished = true
    self.trailers = trailers
    resume(connection)
  }

  private final func resume(_ connection: HTTP2Connection) {
    if isDeferred {
      isDeferred = false
      connection.accepts(nghttp2_session_resume_data(connection.session, id))
    }
    connection.loop.needsFlush(connection)
  }

  /// Ends the stream at once in both directions (RST_STREAM).
  package final func reset(_ code: UInt32) {
    guard let connection else { return }
    connection.accepts(
      nghttp2_submit_rst_stream(connection.session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, code))
    connection.loop.needsFlush(connection)
  }
}
