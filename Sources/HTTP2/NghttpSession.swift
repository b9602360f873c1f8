import CNghttp2

/// Makes nghttp2 sessions whose callbacks find their ``HTTP2Connection``.
enum NghttpSession {
  static func make(_ role: HTTP2Connection.Role, _ connection: HTTP2Connection) -> OpaquePointer? {
    let context = Unmanaged.passUnretained(connection).toOpaque()
    var session: OpaquePointer?
    switch role {
    case .server: nghttp2_session_server_new2(&session, callbacks, context, options)
    case .client: nghttp2_session_client_new2(&session, callbacks, context, options)
    }
    return session
  }

  nonisolated(unsafe) private static let options: OpaquePointer? = {
    var options: OpaquePointer?
    nghttp2_option_new(&options)
    nghttp2_option_set_no_auto_window_update(options, 1)
    // Closed streams would be kept for priorities, which are deprecated and not used here.
    nghttp2_option_set_no_closed_streams(options, 1)
    return options
  }()

  nonisolated(unsafe) private static let callbacks: OpaquePointer? = {
    var callbacks: OpaquePointer?
    nghttp2_session_callbacks_new(&callbacks)
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, beginHeaders)
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, frame)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, frameSent)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, streamClose)
    nghttp2_session_callbacks_set_send_data_callback(callbacks, OutboundProvider.send)
    return callbacks
  }()

  private static func connection(_ context: UnsafeMutableRawPointer?) -> HTTP2Connection {
    Unmanaged<HTTP2Connection>.fromOpaque(context!).takeUnretainedValue()
  }

  private static let beginHeaders: nghttp2_on_begin_headers_callback = { session, frame, context in
    let connection = connection(context)
    let frame = frame!.pointee
    guard connection.role == .server, frame.headers.cat == NGHTTP2_HCAT_REQUEST else { return 0 }
    let stream = connection.owner.makeStream(on: connection)
    nghttp2_session_set_stream_user_data(
      session, frame.hd.stream_id, Unmanaged.passUnretained(stream).toOpaque())
    connection.streamOpened(stream, id: frame.hd.stream_id)
    return 0
  }

  private static let header: nghttp2_on_header_callback = {
    _, frame, name, nameLength, value, valueLength, _, context in
    guard let stream = connection(context).stream(frame!.pointee.hd.stream_id) else { return 0 }
    let accepted = stream.receivedHeader(
      name: UnsafeBufferPointer(start: name, count: nameLength),
      value: UnsafeBufferPointer(start: value, count: valueLength))
    return accepted ? 0 : Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  }

  private static let frame: nghttp2_on_frame_recv_callback = { _, frame, context in
    let connection = connection(context)
    let header = frame!.pointee.hd
    let endOfStream = header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch UInt32(header.type) {
    case NGHTTP2_HEADERS.rawValue:
      guard let stream = connection.stream(header.stream_id) else { return 0 }
      stream.receivedHeaders(endOfStream: endOfStream)
      if endOfStream { stream.receivedEnd() }
    case NGHTTP2_DATA.rawValue where endOfStream:
      connection.stream(header.stream_id)?.receivedEnd()
    case NGHTTP2_PING.rawValue where header.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0:
      connection.apply(connection.drain.handle(.heard(openStreams: connection.streamCount)))
    case NGHTTP2_GOAWAY.rawValue:
      connection.owner.goAwayReceived(on: connection)
    default: break
    }
    return 0
  }

  private static let data: nghttp2_on_data_chunk_recv_callback = { session, _, id, bytes, count, context in
    let connection = connection(context)
    guard let stream = connection.stream(id) else {
      nghttp2_session_consume_connection(session, count)
      return 0
    }
    connection.received(UnsafeRawBufferPointer(start: bytes, count: count), on: stream)
    return 0
  }

  /// A server that has answered before it heard the whole request asks the peer to stop sending
  /// (RFC 9113 §8.1). Done here, since a reset submitted earlier would overtake the answer.
  private static let frameSent: nghttp2_on_frame_send_callback = { session, frame, context in
    let header = frame!.pointee.hd
    guard header.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0,
      header.type == UInt8(NGHTTP2_HEADERS.rawValue) || header.type == UInt8(NGHTTP2_DATA.rawValue),
      connection(context).role == .server,
      nghttp2_session_get_stream_remote_close(session, header.stream_id) == 0
    else { return 0 }
    nghttp2_submit_rst_stream(
      session, UInt8(NGHTTP2_FLAG_NONE.rawValue), header.stream_id, HTTP2ErrorCode.noError)
    return 0
  }

  private static let streamClose: nghttp2_on_stream_close_callback = { _, id, code, context in
    let connection = connection(context)
    guard let stream = connection.stream(id) else { return 0 }
    let refused = connection.role == .client && code == HTTP2ErrorCode.refusedStream
    connection.streamEnded(stream, refused ? .refused : .closed(errorCode: code))
    return 0
  }
}
