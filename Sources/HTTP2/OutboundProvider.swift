import CNghttp2

/// Gives nghttp2 the body of a stream. DATA payloads are moved straight from the stream's chunks
/// to the connection's write buffer; nghttp2 sees only their lengths.
enum OutboundProvider {
  static var provider: nghttp2_data_provider {
    nghttp2_data_provider(source: nghttp2_data_source(), read_callback: read)
  }

  private static let read: nghttp2_data_source_read_callback = { session, id, _, capacity, flags, _, _ in
    var result = Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    NghttpSession.borrowStream(id, of: session) { stream in
      result = next(for: stream, session: session, capacity: capacity, flags: &flags!.pointee)
    }
    return result
  }

  /// How many bytes the next DATA frame gets, and whether it is the last.
  private static func next(
    for stream: HTTP2Stream, session: OpaquePointer?, capacity: Int, flags: inout UInt32
  ) -> Int {
    let count = min(capacity, stream.outbound.count)
    if count == stream.outbound.count, stream.isOutboundFinished {
      flags |= UInt32(NGHTTP2_DATA_FLAG_EOF.rawValue)
      if !stream.trailers.isNone {
        guard submitTrailers(of: stream, to: session) else {
          return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
        }
        flags |= UInt32(NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue)
      }
    } else if count == 0 {
      stream.isDeferred = true
      return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
    if count > 0 { flags |= UInt32(NGHTTP2_DATA_FLAG_NO_COPY.rawValue) }
    return count
  }

  /// Trailers are submitted while the last DATA frame is made, which is when nghttp2 wants them. False when it
  /// does not take them: the stream is reset then.
  private static func submitTrailers(of stream: HTTP2Stream, to session: OpaquePointer?) -> Bool {
    switch stream.trailers {
    case .none: true
    case .fields(let fields):
      nghttp2_submit_trailer(session, stream.id, fields.fields.baseAddress, fields.fields.count) == 0
    case .block(let block):
      HeaderFields.with(block) { nghttp2_submit_trailer(session, stream.id, $0.baseAddress, $0.count) } == 0
    }
  }

  /// Buffered bytes of a stream below which a writer that waits may go on.
  static let lowWater = 32 << 10

  static let send: nghttp2_send_data_callback = { session, frame, header, length, _, context in
    var result = Int32(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
    NghttpSession.borrowStream(frame!.pointee.hd.stream_id, of: session) { stream in
      let connection = Unmanaged<HTTP2Connection>.fromOpaque(context!)
      let buffers = connection._withUnsafeGuaranteedRef { $0.buffers }
      // nghttp2 makes frame after frame before it comes back to the flush.
      let before = stream.outbound.count
      guard buffers.append(header: header!, &stream.outbound, length: length) else {
        result = Int32(NGHTTP2_ERR_WOULDBLOCK.rawValue)
        return
      }
      connection._withUnsafeGuaranteedRef { $0.count(sent: length) }
      if before >= lowWater, stream.outbound.count < lowWater { stream.outboundDrained() }
      result = 0
    }
    return result
  }
}
