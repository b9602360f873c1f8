import COpenSSL

/// The secret with which a server seals what clients only carry, such as page tokens: random, one for each
/// database, the same on all of its servers.
package struct TokenKey: Sendable {
  /// Bytes of a seal.
  package static let sealSize = 16

  private let bytes: [UInt8]

  /// - Parameter bytes: The secret: 32 bytes or more, not from a human.
  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The first 16 bytes of HMAC-SHA-256 (RFC 2104, FIPS 180-4).
  package func seal(_ message: [UInt8]) -> [UInt8] {
    var length: UInt32 = 0
    let code = [UInt8](unsafeUninitializedCapacity: 32) { code, count in
      let done = HMAC(
        EVP_sha256(), bytes, Int32(truncatingIfNeeded: bytes.count), message, message.count, code.baseAddress,
        &length)
      precondition(done != nil && length == 32, "OpenSSL computes no HMAC")
      count = 32
    }
    return Array(code.prefix(Self.sealSize))
  }

  /// Whether `seal` is that of `message`, in a time that does not tell where they differ.
  package func matches(_ seal: some Collection<UInt8>, for message: [UInt8]) -> Bool {
    guard seal.count == Self.sealSize else { return false }
    return CRYPTO_memcmp(Array(seal), self.seal(message), Self.sealSize) == 0
  }
}
