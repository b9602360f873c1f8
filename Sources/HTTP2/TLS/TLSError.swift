import COpenSSL

/// Why certificates cannot be used or a connection could not be secured.
package struct TLSError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A sentence without a full stop.
  package let problem: String

  package init(_ problem: String) { self.problem = problem }

  package var description: String { problem }

  /// What OpenSSL says of the thread's last failure, behind `action`; empties its queue of errors.
  static func last(_ action: String) -> TLSError {
    TLSError("\(action): \(OpenSSLErrors.take()?.text ?? "no reason given")")
  }
}

/// OpenSSL's queue of errors, which belongs to the thread.
enum OpenSSLErrors {
  /// The oldest error, which is the cause of those after it; the queue is empty afterwards.
  static func take() -> (text: String, reason: Int32)? {
    let code = ERR_get_error()
    ERR_clear_error()
    guard code != 0 else { return nil }
    let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "OpenSSL error \(code)"
    return (text, cairn_err_reason(code))
  }
}
