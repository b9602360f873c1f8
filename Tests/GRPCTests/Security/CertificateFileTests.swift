import Foundation
import GRPC
import HTTP2
import StandardProtos
import Testing
import Wire

@Suite("Certificate files")
struct CertificateFileTests {
  let authority: TestAuthority

  init() throws { authority = try TestAuthority() }

  @Test("what is wrong with the files is said in a sentence that names the file")
  func problems() throws {
    let good = try authority.issue("good")
    let other = try authority.issue("other")
    try authority.openssl(
      "pkcs8", "-topk8", "-in", "good.key", "-out", "locked.key", "-passout", "pass:secret")
    try "no PEM".write(toFile: authority.path("text"), atomically: true, encoding: .utf8)
    try "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      .write(toFile: authority.path("torn"), atomically: true, encoding: .utf8)
    let path = authority.path
    try authority.openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", "web.key",
      "-out",
      "web.pem", "-subj", "/CN=web", "-addext", "basicConstraints=critical,CA:FALSE", "-addext",
      "extendedKeyUsage=serverAuth")
    let cases: [(String, String, String?, String)] = [
      (path("none"), good.key, nil, "\(path("none")): No such file or directory"),
      (good.certificate, path("none"), nil, "\(path("none")): No such file or directory"),
      (authority.folder.path, good.key, nil, "\(authority.folder.path): Is a directory"),
      (path("text"), good.key, nil, "\(path("text")): there is no certificate in PEM form"),
      (good.certificate, path("text"), nil, "\(path("text")): there is no private key in PEM form"),
      (
        good.certificate, other.key, nil,
        "\(other.key): the key does not fit the certificate in \(good.certificate)"
      ),
      (
        good.certificate, path("locked.key"), nil,
        "\(path("locked.key")): the key is encrypted; a server needs one without a passphrase"
      ),
      (good.certificate, good.key, path("text"), "\(path("text")): there is no certificate in PEM form"),
      (
        good.certificate, good.key, path("web.pem"),
        "\(path("web.pem")): the certificate of CN=web is neither that of a CA nor for a client"
      ),
    ]
    for (certificate, key, authorities, problem) in cases {
      let files = TLSServerFiles(
        certificate: certificate, key: key, clientAuthorities: authorities,
        clientAuthentication: authorities == nil ? .none : .required)
      #expect(throws: TLSError(problem)) { try TLSServerCredentials(files) }
    }
    #expect {
      try TLSServerCredentials(TLSServerFiles(certificate: path("torn"), key: good.key))
    } throws: {
      "\($0)".hasPrefix("\(path("torn")): a certificate cannot be read:")
    }
  }

  @Test("an expired certificate is a warning")
  func expired() throws {
    let late = try authority.issue("late", days: -1)
    let warnings = try TLSServerCredentials(TLSServerFiles(late)).current.warnings
    #expect(warnings.count == 1)
    #expect(warnings[0].hasPrefix("\(late.certificate): the certificate of CN=late expired on "))
    let fresh = try TLSServerCredentials(TLSServerFiles(try authority.issue("fresh")))
    #expect(fresh.current.warnings.isEmpty)
  }

  @Test("a chain in the file lets clients verify that know only the root")
  func chain() async throws {
    try authority.openssl(
      "req", "-newkey", "rsa:2048", "-nodes", "-keyout", "middle.key", "-out", "middle.csr", "-subj",
      "/CN=Middle")
    try "basicConstraints=critical,CA:TRUE\n"
      .write(toFile: authority.path("middle.ext"), atomically: true, encoding: .utf8)
    try authority.openssl(
      "x509", "-req", "-in", "middle.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
      "30", "-extfile", "middle.ext", "-out", "middle.pem")
    try authority.issue("leaf")
    try authority.openssl(
      "x509", "-req", "-in", "leaf.csr", "-CA", "middle.pem", "-CAkey", "middle.key", "-CAcreateserial",
      "-days", "30", "-extfile", "leaf.ext", "-out", "leaf.pem")
    let chain = try ["leaf.pem", "middle.pem"].map {
      try String(contentsOfFile: authority.path($0), encoding: .utf8)
    }
    try chain.joined().write(toFile: authority.path("chain.pem"), atomically: true, encoding: .utf8)
    let files = TLSServerFiles(certificate: authority.path("chain.pem"), key: authority.path("leaf.key"))
    try await withSecureProbe(files) { probe in
      let answer = await probe.tell(TLSClientOptions(authorities: authority.file))
      #expect(answer == "nobody")
    }
  }

  @Test("new files are noticed and used for new connections; open calls go on; a bad pair changes nothing")
  func reload() async throws {
    let files = TLSServerFiles(try authority.issue("server"))
    let renewal = try TestAuthority()
    let renewed = try renewal.issue("renewed")
    let (old, new) = (
      TLSClientOptions(authorities: authority.file), TLSClientOptions(authorities: renewal.file)
    )
    func replace(_ path: String, by source: String) throws {
      try Data(contentsOf: URL(fileURLWithPath: source)).write(
        to: URL(fileURLWithPath: path), options: .atomic)
    }
    try await withSecureProbe(files) { probe in
      #expect(!probe.credentials.haveFilesChanged)
      let channel = try probe.channel(old)
      let call = try await channel.bidirectional(IdentityService.both)
      try await call.write(message("before"))
      #expect(try await call.next()?.message == "before")

      try replace(files.certificate, by: renewed.certificate)
      #expect(probe.credentials.haveFilesChanged)
      #expect(throws: TLSError("\(files.key): the key does not fit the certificate in \(files.certificate)"))
      {
        try probe.credentials.reload()
      }
      #expect(!probe.credentials.haveFilesChanged, "a bad pair is complained of once")
      #expect(await probe.tell(old) == "nobody")

      try replace(files.key, by: renewed.key)
      #expect(probe.credentials.haveFilesChanged)
      try probe.credentials.reload()
      #expect(await probe.tell(new) == "nobody")
      #expect(await probe.tell(old).hasPrefix("UNAVAILABLE:"))

      try await call.write(message("after"))
      #expect(try await call.next()?.message == "after")
      await channel.close()
    }
  }
}
