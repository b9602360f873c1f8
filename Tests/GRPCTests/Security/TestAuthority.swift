import Foundation
import HTTP2

/// A certificate authority in a folder of its own, which goes with it. Made by the openssl command, so that
/// the certificates are not those of the code under test.
final class TestAuthority: Sendable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("cairn-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "ca.key",
      "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test CA")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var file: String { path("ca.pem") }

  func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  struct Issued: Sendable {
    let certificate: String
    let key: String
  }

  /// Makes `name.pem` and `name.key`.
  @discardableResult
  func issue(
    _ name: String, subject: String? = nil, names: String = "DNS:localhost,IP:127.0.0.1", days: Int = 30
  ) throws -> Issued {
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-utf8", "-keyout",
      "\(name).key", "-out", "\(name).csr", "-subj", subject ?? "/CN=\(name)")
    try "subjectAltName=\(names)\n".write(toFile: path("\(name).ext"), atomically: true, encoding: .utf8)
    try openssl(
      "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
      "\(days)", "-extfile", "\(name).ext", "-out", "\(name).pem")
    return Issued(certificate: path("\(name).pem"), key: path("\(name).key"))
  }

  func openssl(_ arguments: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw TLSError("openssl \(arguments.joined(separator: " ")) failed")
    }
  }
}

extension TLSServerFiles {
  init(_ issued: TestAuthority.Issued) { self.init(certificate: issued.certificate, key: issued.key) }
}
