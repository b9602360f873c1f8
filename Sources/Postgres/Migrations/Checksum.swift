import COpenSSL

/// SHA-256 of a migration's text.
enum Checksum {
  static func of(_ text: String) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    var text = text
    let isDone = text.withUTF8 { EVP_Digest($0.baseAddress, $0.count, &digest, nil, EVP_sha256(), nil) }
    precondition(isDone == 1, "libcrypto has no SHA-256")
    return digest
  }
}
