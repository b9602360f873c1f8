import CNghttp2

/// Makes nghttp2 sessions whose callbacks find their ``HTTP2Connection``.
enum NghttpSession {
  static func make(_ role: HTTP2Connection.Role, for connection: HTTP2Connection) -> OpaquePointer? {
    let context = Unmanaged.passUnretained(connection).toOpaque()
    return made { session in
      switch role {
      case .server: nghttp2_session_server_new2(&session, callbacks, context, options)
      case .client: nghttp2_session_client_new2(&session, callbacks, context, options)
      }
    }
  }

  /// Only memory can be wanting, without which Swift stops, too.
  private static func made(_ make: (inout OpaquePointer?) -> Int32) -> OpaquePointer? {
    var made: OpaquePointer?
    let code = make(&made)
    precondition(code == 0, "nghttp2 cannot begin: \(String(cString: nghttp2_strerror(code)))")
    return made
  }

  nonisolated(unsafe) private static let options: OpaquePointer? = {
    let options = made { nghttp2_option_new(&$0) }
    nghttp2_option_set_no_auto_window_update(options, 1)
    // Closed streams would be kept for priorities, which are deprecated and not used here.
    nghttp2_option_set_no_closed_streams(options, 1)
    // FloodGuard counts resets, and knows those that go with answered calls.
    nghttp2_option_set_stream_reset_rate_limit(options, .max, .max)
    return options
  }()

  nonisolated(unsafe) private static let callbacks: OpaquePointer? = {
    let callbacks = made { nghttp2_session_callbacks_new(&$0) }
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, beginHeaders)
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frameSent)
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, frameNotSent)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, streamClose)
    nghttp2_session_callbacks_set_send_data_callback(callbacks, OutboundProvider.send)
    return callbacks
  }()

  // The callbacks run for every frame and header field: they borrow the connection and the stream,
  // which live as long as the session knows them, and leave their reference counts alone.

  private static func borrow<T>(
    _ context: UnsafeMutableRawPointer?, body: (HTTP2Connection) -> T
  ) -> T {
    Unmanaged<HTTP2Connection>.fromOpaque(context!)._withUnsafeGuaranteedRef(body)
  }

  static func borrowStream(
    _ id: Int32, of session: OpaquePointer?, body: (HTTP2Stream) -> Void
  ) {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return }
    Unmanaged<HTTP2Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
  }

  private static let beginHeaders: nghttp2_on_begin_headers_callback = { session, frame, context in
    borrow(context) { connection in
      let frame = frame!.pointee
      guard connection.role == .server, frame.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
      guard connection.admitsStream else {
        connection.refuseStream(frame.hd.stream_id)
        return 0
      }
      guard let stream = connection.owner?.makeStream(on: connection) else { return 0 }
      // nghttp2 has just made the stream; `streamOpened` keeps the object until it ends.
      connection.streamOpened(stream, id: frame.hd.stream_id)
      connection.accepts(
        nghttp2_session_set_stream_user_data(
          session, frame.hd.stream_id, Unmanaged.passUnretained(stream).toOpaque()))
      return 0
    }
  }

  private static let header: nghttp2_on_header_callback = {
    session, frame, name, nameLength, value, valueLength, _, _ in
    var accepted = true
    borrowStream(frame!.pointee.hd.stream_id, of: session) { stream in
      accepted = stream.receivedHeader(
        name: UnsafeBufferPointer(start: name, count: nameLength),
        value: UnsafeBufferPointer(start: value, count: valueLength))
    }
    return accepted ? 0 : Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  }

  private static let frame: nghttp2_on_frame_recv_callback = { session, frame, context in
    let header = frame!.pointee.hd
    let endOfStream = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch UInt32(header.type) {
    case NGHTTP2_HEADERS.rawValue:
      borrowStream(header.stream_id, of: session) { stream in
        stream.receivedHeaders(endOfStream: endOfStream)
        if endOfStream { end(stream, in: context) }
      }
    case NGHTTP2_DATA.rawValue where endOfStream:
      borrowStream(header.stream_id, of: session) { end($0, in: context) }
    case NGHTTP2_PING.rawValue:
      let ping = frame!.pointee.ping
      borrow(context) { $0.received(ping) }
    case NGHTTP2_SETTINGS.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0:
      borrow(context) {
        $0.hasHeardSettings = true
        $0.owner?.settingsReceived(on: $0)
      }
    case NGHTTP2_GOAWAY.rawValue:
      let goAway = frame!.pointee.goaway
      borrow(context) { connection in
        connection.isToldToPingLess = PingPayload.isTooMany(goAway)
        connection.owner?.goAwayReceived(on: connection)
      }
    default: break
    }
    return 0
  }

  /// The peer has said everything on `stream`.
  private static func end(_ stream: HTTP2Stream, in context: UnsafeMutableRawPointer?) {
    borrow(context) { if $0.role == .client { $0.activity.streamsAnswered += 1 } }
    stream.receivedEnd()
  }

  private static let data: nghttp2_on_data_chunk_recv_callback = { session, _, id, bytes, count, _ in
    // The connection's window goes back at once: one slow handler must not stall the others.
    guard nghttp2_session_consume_connection(session, count) == 0 else {
      return Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
    }
    borrowStream(id, of: session) {
      $0.received(UnsafeRawBufferPointer(start: bytes, count: count), session: session)
    }
    return 0
  }

  /// A server that has answered before it heard the whole request asks the peer to stop sending
  /// (RFC 9113 §8.1). Done here, since a reset submitted earlier would overtake the answer.
  private static let frameSent: nghttp2_on_frame_send_callback = { session, frame, context in
    let header = frame!.pointee.hd
    guard header.type == UInt8(NGHTTP2_HEADERS.rawValue) || header.type == UInt8(NGHTTP2_DATA.rawValue) else {
      if header.type == UInt8(NGHTTP2_RST_STREAM.rawValue) {
        borrow(context) { $0.sentReset(frame!.pointee.rst_stream.error_code) }
      }
      return 0
    }
    let isServer = borrow(context) { connection in
      connection.watcher.answered()
      connection.hasSentSincePing = true
      guard connection.role == .server else { return false }
      if header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0 {
        connection.activity.streamsAnswered += 1
      }
      return true
    }
    if !isServer { borrowStream(header.stream_id, of: session) { $0.isHeadSent = true } }
    guard isServer, header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
      nghttp2_session_get_stream_remote_close(session, header.stream_id) == 0
    else { return 0 }
    return reset(header.stream_id, of: session, errorCode: HTTP2ErrorCode.noError)
  }

  /// A head or trailers cannot be made into a frame, which nghttp2 finds out when their turn comes. They will never
  /// come: the peer must not wait for them, nor the caller of a request.
  private static let frameNotSent: nghttp2_on_frame_not_send_callback = { session, frame, code, context in
    let header = frame!.pointee.hd
    let isOver = code == NGHTTP2_ERR_STREAM_CLOSED.rawValue || code == NGHTTP2_ERR_STREAM_CLOSING.rawValue
    guard header.type == UInt8(NGHTTP2_HEADERS.rawValue), !isOver else { return 0 }
    if frame!.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
      if code == NGHTTP2_ERR_FRAME_SIZE_ERROR.rawValue {
        borrowStream(header.stream_id, of: session) { $0.hasImpossibleHead = true }
      }
      return 0
    }
    return reset(header.stream_id, of: session, errorCode: HTTP2ErrorCode.internalError)
  }

  /// For callbacks: what nghttp2 cannot do ends the connection.
  private static func reset(_ id: Int32, of session: OpaquePointer?, errorCode: UInt32) -> Int32 {
    let code = nghttp2_submit_rst_stream(session, UInt8(NGHTTP2_FLAG_NONE.rawValue), id, errorCode)
    return code == 0 ? 0 : Int32(NGHTTP2_ERR_CALLBACK_FAILURE.rawValue)
  }

  private static let streamClose: nghttp2_on_stream_close_callback = { session, id, code, context in
    borrow(context) { connection in
      borrowStream(id, of: session) { stream in
        guard connection.role == .client, code == HTTP2ErrorCode.refusedStream else {
          return connection.streamEnded(stream, because: .closed(errorCode: code))
        }
        // nghttp2 gives that code to requests that it could not send, too.
        if stream.hasImpossibleHead {
          return connection.streamEnded(stream, because: .closed(errorCode: HTTP2ErrorCode.internalError))
        }
        connection.streamEnded(stream, because: stream.isHeadSent ? .refused : .unsent)
      }
    }
    return 0
  }
}
