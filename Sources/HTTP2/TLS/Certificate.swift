import COpenSSL

/// An X.509 certificate.
final class Certificate {
  let pointer: OpaquePointer

  init(owning pointer: OpaquePointer) { self.pointer = pointer }

  deinit { X509_free(pointer) }

  /// Whether it may sign others; what says nothing about it may not.
  var isAuthority: Bool { X509_check_ca(pointer) > 0 }

  /// Whether its extensions let its holder show it to the other side.
  ///
  /// - Parameter purpose: One of `X509_PURPOSE_…`
  func isFit(for purpose: Int32) -> Bool { X509_check_purpose(pointer, purpose, 0) == 1 }

  /// Why it is not valid today; nil when it is.
  var untimely: String? {
    if X509_cmp_current_time(X509_get0_notAfter(pointer)) < 0 {
      return "expired on \(Self.text(X509_get0_notAfter(pointer)))"
    }
    if X509_cmp_current_time(X509_get0_notBefore(pointer)) > 0 {
      return "is not valid before \(Self.text(X509_get0_notBefore(pointer)))"
    }
    return nil
  }

  /// The subject as RFC 4514 writes it: `CN=agent-7,O=Example`.
  var subject: String {
    Self.printed { cairn_x509_print($0, X509_get_subject_name(pointer)) }
  }

  private static func text(_ time: UnsafePointer<ASN1_TIME>?) -> String {
    printed { ASN1_TIME_print($0, time) }
  }

  private static func printed(_ body: (OpaquePointer?) -> Int32) -> String {
    let bio = BIO_new(BIO_s_mem())
    defer { BIO_free(bio) }
    _ = body(bio)
    var start: UnsafeMutablePointer<CChar>?
    let count = cairn_bio_bytes(bio, &start)
    guard let start, count > 0 else { return "" }
    return String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
