import COpenSSL

/// What the sessions of one side share: protocol versions, certificates, and whom to trust. Immutable once
/// made; OpenSSL counts its references itself.
package final class TLSContext: @unchecked Sendable {
  let pointer: OpaquePointer
  /// What does not keep it from working but should be looked after, such as a certificate that has expired.
  package private(set) var warnings: [String] = []

  /// RFC 9113 §9.2.2 forbids TLS 1.2's other suites.
  private static let ciphers = "ECDHE+AESGCM:ECDHE+CHACHA20"
  /// ALPN's list of one protocol: its length, its name.
  private static let protocols: [UInt8] = [2] + "h2".utf8

  private init(_ method: OpaquePointer?) {
    pointer = SSL_CTX_new(method)!
    _ = cairn_ssl_min_version(pointer, TLS1_2_VERSION)
    SSL_CTX_set_cipher_list(pointer, Self.ciphers)
    // Connections live long: resumption would save little, and a ticket outlives a certificate's end.
    cairn_ssl_no_resumption(pointer)
    SSL_CTX_set_num_tickets(pointer, 0)
    cairn_ssl_no_renegotiation(pointer)
    cairn_ssl_nonblocking_mode(pointer)
    // A record's head and body in one read.
    cairn_ssl_read_ahead(pointer)
  }

  deinit { SSL_CTX_free(pointer) }

  // MARK: Server

  /// **Blocks** while files are read.
  package static func server(_ files: TLSServerFiles) throws(TLSError) -> TLSContext {
    let context = TLSContext(TLS_server_method())
    try context.use(certificate: files.certificate, key: files.key)
    if files.clientAuthentication != .none {
      guard let authorities = files.clientAuthorities else {
        throw TLSError("client certificates cannot be checked without their CA file")
      }
      for trusted in try context.trust(authorities, purpose: X509_PURPOSE_SSL_CLIENT) {
        _ = cairn_ssl_ask_for(context.pointer, trusted.pointer)
      }
      let required = files.clientAuthentication == .required ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0
      SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER | required, nil)
    }
    // A client that says nothing about protocols is not asked for its choice: refuse it before that.
    SSL_CTX_set_client_hello_cb(
      context.pointer,
      { session, alert, _ in
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        if SSL_client_hello_get0_ext(
          session, UInt32(TLSEXT_TYPE_application_layer_protocol_negotiation), &bytes, &count) == 1
        {
          return SSL_CLIENT_HELLO_SUCCESS
        }
        alert?.pointee = SSL_AD_NO_APPLICATION_PROTOCOL
        return SSL_CLIENT_HELLO_ERROR
      }, nil)
    SSL_CTX_set_alpn_select_cb(
      context.pointer,
      { _, chosen, chosenLength, offered, offeredLength, _ in
        var next = offered
        var left = offeredLength
        while let name = next, left > 0 {
          let length = name.pointee
          if length == 2, left >= 3, name[1] == UInt8(ascii: "h"), name[2] == UInt8(ascii: "2") {
            chosen?.pointee = name + 1
            chosenLength?.pointee = 2
            return SSL_TLSEXT_ERR_OK
          }
          let step = UInt32(length) + 1
          guard step <= left else { break }
          next = name + Int(step)
          left -= step
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
      }, nil)
    return context
  }

  // MARK: Client

  /// **Blocks** while files are read.
  package static func client(_ options: TLSClientOptions) throws(TLSError) -> TLSContext {
    let context = TLSContext(TLS_client_method())
    if let authorities = options.authorities {
      _ = try context.trust(authorities, purpose: X509_PURPOSE_SSL_SERVER)
    } else {
      SSL_CTX_set_default_verify_paths(context.pointer)
    }
    switch (options.certificate, options.key) {
    case (let certificate?, let key?): try context.use(certificate: certificate, key: key)
    case (nil, nil): break
    default: throw TLSError("a client certificate and its key go together")
    }
    SSL_CTX_set_verify(context.pointer, SSL_VERIFY_PEER, nil)
    SSL_CTX_set_alpn_protos(context.pointer, protocols, UInt32(protocols.count))
    return context
  }

  // MARK: Files

  private func use(certificate: String, key: String) throws(TLSError) {
    let chain = try PEMFile(certificate).certificates()
    let leaf = chain[0]
    guard SSL_CTX_use_certificate(pointer, leaf.pointer) == 1 else {
      throw TLSError.last("\(certificate): the certificate cannot be used")
    }
    for issuer in chain.dropFirst() { _ = cairn_ssl_add_chain(pointer, issuer.pointer) }
    try PEMFile(key).withPrivateKey { privateKey throws(TLSError) in
      guard X509_check_private_key(leaf.pointer, privateKey) == 1 else {
        ERR_clear_error()
        throw TLSError("\(key): the key does not fit the certificate in \(certificate)")
      }
      guard SSL_CTX_use_PrivateKey(pointer, privateKey) == 1 else {
        throw TLSError.last("\(key): the key cannot be used")
      }
    }
    for one in chain {
      if let problem = one.untimely {
        warnings.append("\(certificate): the certificate of \(one.subject) \(problem)")
      }
    }
  }

  /// Trusts what the certificates of a file have signed, if they are those of CAs, and the certificates themselves: one
  /// that is signed by itself or by a stranger pins one peer.
  private func trust(_ path: String, purpose: Int32) throws(TLSError) -> [Certificate] {
    let certificates = try PEMFile(path).certificates()
    let store = SSL_CTX_get_cert_store(pointer)
    // What is listed is the end of a chain, whoever has signed it.
    X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
    for certificate in certificates {
      guard certificate.isAuthority || certificate.isFit(for: purpose) else {
        let side = purpose == X509_PURPOSE_SSL_CLIENT ? "client" : "server"
        throw TLSError(
          "\(path): the certificate of \(certificate.subject) is neither that of a CA nor for a \(side)")
      }
      X509_STORE_add_cert(store, certificate.pointer)
      if let problem = certificate.untimely {
        warnings.append("\(path): the certificate of \(certificate.subject) \(problem)")
      }
    }
    return certificates
  }
}
