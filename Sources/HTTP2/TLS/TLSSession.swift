import COpenSSL
import Glibc

/// TLS over one non-blocking socket. Reads and writes speak as `read(2)` and `write(2)` do: a count, 0 at
/// the end, or -1 with `errno`, where EAGAIN says that the socket has to become ready. Confined to the loop
/// of its connection.
final class TLSSession {
  enum Progress: Equatable { case done, wantsRead, wantsWrite }

  private let ssl: OpaquePointer
  /// After a fatal error the session may not even say goodbye.
  private var isBroken = false
  /// What broke it.
  private(set) var failure: TLSError?
  /// The last read found no whole record.
  private var readIsBlocked = false
  /// A read stopped because something has to be sent first (an answer to a key update).
  private(set) var readWantsWrite = false

  init(_ role: HTTP2Connection.Role, _ context: TLSContext, descriptor: Int32) {
    ssl = SSL_new(context.pointer)!
    SSL_set_fd(ssl, descriptor)
    if role == .server { SSL_set_accept_state(ssl) } else { SSL_set_connect_state(ssl) }
  }

  deinit { SSL_free(ssl) }

  /// The server that a client wants to reach, by name or by address: sent to it, and what its certificate
  /// has to be for.
  func expect(server name: String) throws(TLSError) {
    if X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name) == 1 { return }
    ERR_clear_error()
    guard cairn_ssl_server_name(ssl, name) == 1, SSL_set1_host(ssl, name) == 1 else {
      throw TLSError.last("\"\(name)\" is no name of a server")
    }
  }

  // MARK: Handshake

  func handshake() throws(TLSError) -> Progress {
    ERR_clear_error()
    let result = SSL_do_handshake(ssl)
    if result == 1 { return .done }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ: return .wantsRead
    case SSL_ERROR_WANT_WRITE: return .wantsWrite
    case let kind: throw broken(kind)
    }
  }

  /// Whether both sides have settled on HTTP/2.
  var hasChosenHTTP2: Bool {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    SSL_get0_alpn_selected(ssl, &name, &length)
    return UnsafeBufferPointer(start: name, count: Int(length)).elementsEqual("h2".utf8)
  }

  /// The peer by its certificate; nil when it showed none. Only a verified one gets this far.
  var peerIdentity: PeerIdentity? {
    guard SSL_get_verify_mode(ssl) & SSL_VERIFY_PEER != 0, SSL_get_verify_result(ssl) == X509_V_OK else {
      return nil
    }
    return cairn_ssl_peer(ssl).map { PeerIdentity(Certificate(owning: $0)) }
  }

  /// By its name in the RFCs.
  var cipherSuite: String? {
    SSL_get_current_cipher(ssl).flatMap { SSL_CIPHER_standard_name($0) }.map { String(cString: $0) }
  }

  /// The peer's certificate as DER; empty when it showed none.
  var peerCertificate: [UInt8] {
    guard let certificate = cairn_ssl_peer(ssl).map(Certificate.init(owning:)) else { return [] }
    var bytes = [UInt8](repeating: 0, count: Int(max(0, i2d_X509(certificate.pointer, nil))))
    bytes.withUnsafeMutableBufferPointer { buffer in
      var place = buffer.baseAddress
      _ = i2d_X509(certificate.pointer, &place)
    }
    return bytes
  }

  // MARK: Bytes

  /// Whether received bytes wait inside, for which the socket will not become ready again.
  var hasPending: Bool { SSL_has_pending(ssl) == 1 }

  /// Whether reading on may give something: the last read did, and there is more inside.
  var mayRead: Bool { !readIsBlocked && hasPending }

  func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    (readIsBlocked, readWantsWrite) = (false, false)
    ERR_clear_error()
    let count = SSL_read(ssl, buffer.baseAddress, Int32(clamping: buffer.count))
    return count > 0 ? Int(count) : blockedOrOver(count, reading: true)
  }

  /// Writes as many records as the socket takes. What it did not take has to be offered again.
  func write(_ bytes: UnsafeRawPointer, count: Int) -> Int {
    var written = 0
    while written < count {
      ERR_clear_error()
      let result = SSL_write(ssl, bytes + written, Int32(clamping: count - written))
      guard result > 0 else { return written > 0 ? written : blockedOrOver(result, reading: false) }
      written += Int(result)
    }
    return written
  }

  private func blockedOrOver(_ result: Int32, reading: Bool) -> Int {
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_ZERO_RETURN where reading: return 0
    case SSL_ERROR_WANT_READ: break
    case SSL_ERROR_WANT_WRITE: if reading { readWantsWrite = true }
    case let kind:
      _ = broken(kind)
      errno = EPROTO
      return -1
    }
    if reading { readIsBlocked = true }
    errno = EAGAIN
    return -1
  }

  // MARK: The end

  /// Says that nothing follows (close_notify), as far as the socket takes it.
  func sayGoodbye() {
    guard !isBroken else { return }
    ERR_clear_error()
    SSL_shutdown(ssl)
    ERR_clear_error()
  }

  private func broken(_ kind: Int32) -> TLSError {
    isBroken = true
    let code = errno
    let error: TLSError
    let queued = OpenSSLErrors.take()
    let verification = SSL_get_verify_result(ssl)
    if let queued, queued.reason == SSL_R_CERTIFICATE_VERIFY_FAILED, verification != X509_V_OK {
      let reason = String(cString: X509_verify_cert_error_string(Int(verification)))
      error = TLSError("the peer's certificate is refused: \(reason)")
    } else if let queued {
      error = TLSError(Self.explanation(queued.reason) ?? queued.text)
    } else if kind == SSL_ERROR_SYSCALL, code != 0 {
      error = TLSError(String(cString: strerror(code)))
    } else {
      error = TLSError("the peer closed the connection")
    }
    failure = failure ?? error
    return error
  }

  /// Plainer words for what happens most.
  private static func explanation(_ reason: Int32) -> String? {
    switch reason {
    case SSL_R_CALLBACK_FAILED, SSL_R_NO_APPLICATION_PROTOCOL: "the client does not offer HTTP/2 (ALPN h2)"
    case SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: "the server does not speak HTTP/2 (ALPN h2)"
    case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST: "the peer does not speak TLS"
    case SSL_R_UNEXPECTED_EOF_WHILE_READING: "the peer closed the connection"
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: "the client has shown no certificate"
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED: "the server asks for a client certificate"
    default: nil
    }
  }
}
