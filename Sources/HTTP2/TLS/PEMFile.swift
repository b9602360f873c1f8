import COpenSSL
import Glibc

/// A file of certificates or of a key in PEM, and the errors of reading it.
struct PEMFile {
  let path: String
  private let bytes: [UInt8]

  /// Certificates and keys are small; a wrong file may be anything.
  private static let largest = 4 << 20

  /// **Blocks** while the file is read.
  init(_ path: String) throws(TLSError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw Self.unreadable(path) }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count <= Self.largest {
      let count = read(descriptor, &part, part.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.unreadable(path) }
      if count == 0 { break }
      bytes += part[..<count]
    }
    guard bytes.count <= Self.largest else { throw TLSError("\(path): too large for a PEM file") }
    self.bytes = bytes
  }

  private static func unreadable(_ path: String) -> TLSError {
    TLSError("\(path): \(String(cString: strerror(errno)))")
  }

  /// Every certificate of the file, in its order; at least one.
  func certificates() throws(TLSError) -> [Certificate] {
    let bio = BIO_new_mem_buf(bytes, Int32(bytes.count))
    defer { BIO_free(bio) }
    var certificates: [Certificate] = []
    while let next = PEM_read_bio_X509(bio, nil, Self.noPassphrase, nil) {
      certificates.append(Certificate(owning: next))
    }
    let failure = OpenSSLErrors.take()
    if let failure, failure.reason != PEM_R_NO_START_LINE {
      throw TLSError("\(path): a certificate cannot be read: \(failure.text)")
    }
    guard !certificates.isEmpty else { throw TLSError("\(path): there is no certificate in PEM form") }
    return certificates
  }

  /// Calls `body` with the private key.
  func withPrivateKey<T>(_ body: (OpaquePointer) throws(TLSError) -> T) throws(TLSError) -> T {
    let bio = BIO_new_mem_buf(bytes, Int32(bytes.count))
    defer { BIO_free(bio) }
    guard let key = PEM_read_bio_PrivateKey(bio, nil, Self.noPassphrase, nil) else {
      let failure = OpenSSLErrors.take()
      throw TLSError("\(path): \(whyNoKey(failure?.text))")
    }
    defer { EVP_PKEY_free(key) }
    return try body(key)
  }

  /// OpenSSL's decoders do not tell these apart.
  private func whyNoKey(_ failure: String?) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard text.contains("PRIVATE KEY-----") else { return "there is no private key in PEM form" }
    if text.contains("ENCRYPTED") { return "the key is encrypted; a server needs one without a passphrase" }
    return "the private key cannot be read: \(failure ?? "no reason given")"
  }

  /// Without it OpenSSL would ask the terminal.
  private static let noPassphrase:
    @convention(c) (
      UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?
    ) -> Int32 = { _, _, _, _ in -1 }
}
