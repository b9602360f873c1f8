import CNghttp2
import EventLoop

// What nghttp2 says of what it was asked to do.
extension HTTP2Connection {
  /// Ends the connection when nghttp2 has no memory left, after which nothing of its session is sure.
  ///
  /// - Returns: Whether nghttp2 has done what it was asked; else it may still do what comes after it.
  @discardableResult
  func accepts(_ code: Int32) -> Bool {
    if code < 0, nghttp2_is_fatal(code) != 0 { close() }
    return code >= 0
  }

  /// Bytes that a header list may have to be sent, as RFC 9113 §6.5.2 counts them: what the peer's settings allow, and
  /// no more than nghttp2 sends to anybody.
  package var headerListLimit: Int {
    guard let session else { return Self.longestHeaderList }
    let limit = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE)
    return min(Int(limit), Self.longestHeaderList)
  }

  /// `NGHTTP2_MAX_HEADERSLEN`, against which it holds a size that is never above that of the RFC.
  private static let longestHeaderList = 64 << 10
}
