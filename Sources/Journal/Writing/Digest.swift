import COpenSSL

package enum Digest {
  /// SHA-256 (FIPS 180-4) of the bytes.
  package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { digest, count in
      var length: UInt32 = 0
      let done = bytes.withUnsafeBytes {
        EVP_Digest($0.baseAddress, $0.count, digest.baseAddress, &length, EVP_sha256(), nil)
      }
      precondition(done == 1 && length == 32, "OpenSSL computes no SHA-256")
      count = 32
    }
  }
}
