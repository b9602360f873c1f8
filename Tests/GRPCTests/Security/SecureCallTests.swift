import EventLoop
import GRPC
import Glibc
import HTTP2
import Patience
import StandardProtos
import Testing
import Wire

@Suite("Calls over TLS")
struct SecureCallTests {
  let authority: TestAuthority

  init() throws { authority = try TestAuthority() }

  private func mutual(_ when: ClientAuthentication) throws -> TLSServerFiles {
    let issued = try authority.issue("server")
    return TLSServerFiles(
      certificate: issued.certificate, key: issued.key, clientAuthorities: authority.file,
      clientAuthentication: when)
  }

  @Test("a client that trusts the CA is served, by address and by name; messages of any size pass")
  func served() async throws {
    try await withSecureProbe(TLSServerFiles(try authority.issue("server"))) { probe in
      #expect(await probe.tell(TLSClientOptions(authorities: authority.file)) == "nobody")
      #expect(
        await probe.tell(TLSClientOptions(authorities: authority.file, serverName: "localhost"))
          == "nobody")
      let channel = try probe.channel(TLSClientOptions(authorities: authority.file))
      let call = try await channel.bidirectional(IdentityService.both)
      for size in [0, 1, 16_383, 16_384, 100_000, 3_000_000, 5] {
        try await call.write(message(String(repeating: "x", count: size)))
        #expect(try await call.next()?.message.utf8.count == size)
      }
      await call.finishWriting()
      #expect(try await call.next() == nil)
      await channel.close()
    }
  }

  @Test("a server whose certificate is not right is not talked to, and the status says why")
  func wrongServer() async throws {
    let stranger = try TestAuthority()
    let cases: [(TestAuthority.Issued, TLSClientOptions, String)] = [
      (
        try authority.issue("unknown"), TLSClientOptions(authorities: stranger.file),
        "unable to get local issuer certificate"
      ),
      (
        try authority.issue("expired", days: -1), TLSClientOptions(authorities: authority.file),
        "certificate has expired"
      ),
      (
        try authority.issue("elsewhere", names: "DNS:elsewhere.example"),
        TLSClientOptions(authorities: authority.file), "IP address mismatch"
      ),
      (
        try authority.issue("other", names: "DNS:elsewhere.example"),
        TLSClientOptions(authorities: authority.file, serverName: "localhost"), "hostname mismatch"
      ),
    ]
    for (issued, options, reason) in cases {
      try await withSecureProbe(TLSServerFiles(issued)) { probe in
        let answer = await probe.tell(options)
        #expect(answer.hasPrefix("UNAVAILABLE:") && answer.hasSuffix(reason), "\(answer)")
      }
    }
  }

  @Test("each server of a list has to show a certificate for its own name")
  func listOfNames() async throws {
    let probes = [
      try await SecureProbe(TLSServerFiles(try authority.issue("a", names: "DNS:a.example"))),
      try await SecureProbe(TLSServerFiles(try authority.issue("b", names: "DNS:b.example"))),
    ]
    let ports = probes.map { $0.address.port! }
    var configuration = ChannelConfiguration()
    configuration.loadBalancing = .roundRobin
    configuration.nameResolver = { name throws(SocketError) in
      [SocketAddress(.ipv4(host: "127.0.0.1", port: UInt16(name.split(separator: ":")[1])!))]
    }
    func channel(_ target: String, _ name: String? = nil) throws -> Channel {
      let options = TLSClientOptions(authorities: authority.file, serverName: name)
      return Channel(
        target, on: probes[0].group.loops[1], security: try ChannelSecurity(options),
        configuration: configuration)
    }
    let right = try channel("a.example:\(ports[0]),b.example:\(ports[1])")
    _ = try await right.unary(IdentityService.tell, message("?"))
    #expect(await eventually { await right.snapshot.subchannels.map(\.state) == [.ready, .ready] })
    await right.close()

    // The second shows a certificate for another name: all calls go to the first.
    let wrong = try channel("a.example:\(ports[0]),a.example:\(ports[1])")
    _ = try await wrong.unary(IdentityService.tell, message("?"))
    #expect(
      await eventually {
        await wrong.snapshot.subchannels[1].lastFailure?.contains("a.example failed: ") == true
      })
    for _ in 0..<4 { _ = try await wrong.unary(IdentityService.tell, message("?")) }
    await wrong.close()

    // A name that is given stands for all.
    let given = try channel("x.example:\(ports[0]),y.example:\(ports[1])", "b.example")
    _ = try await given.unary(IdentityService.tell, message("?"))
    #expect(await given.snapshot.subchannels.map(\.state).contains(.ready))
    #expect(
      await eventually {
        await given.snapshot.subchannels[0].lastFailure?.contains("b.example failed: ") == true
      })
    await given.close()
    for probe in probes { await probe.stop() }
  }

  @Test("the subject and the alternative names of a verified client reach the handler")
  func identity() async throws {
    let client = try authority.issue(
      "agent", subject: "/O=Example, Inc./CN=agent-\u{e9}",
      names: "DNS:a.example,DNS:b.example,URI:spiffe://example/agent,email:a@example.org,IP:10.0.0.1,IP:::1")
    for when in [ClientAuthentication.optional, .required] {
      try await withSecureProbe(try mutual(when)) { probe in
        let options = TLSClientOptions(
          authorities: authority.file, certificate: client.certificate, key: client.key)
        #expect(
          await probe.tell(options)
            == "CN=agent-\u{e9},O=Example\\, Inc.|a.example,b.example|spiffe://example/agent|a@example.org|10.0.0.1,::1"
        )
      }
    }
  }

  @Test("a client without a certificate passes where it is optional and is refused where it is required")
  func withoutCertificate() async throws {
    let options = TLSClientOptions(authorities: authority.file)
    try await withSecureProbe(try mutual(.optional)) { probe in
      let answer = await probe.tell(options)
      #expect(answer == "nobody")
    }
    try await withSecureProbe(try mutual(.required)) { probe in
      let answer = await probe.tell(options)
      #expect(
        answer.hasPrefix("UNAVAILABLE:") && answer.contains("asks for a client certificate"), "\(answer)")
      #expect(await eventually { probe.failures == ["the client has shown no certificate"] })
    }
  }

  @Test(
    "a client with a bad certificate is refused, also where none would do",
    arguments: [ClientAuthentication.optional, .required])
  func badClient(when: ClientAuthentication) async throws {
    let stranger = try TestAuthority()
    let cases = [
      (try stranger.issue("stranger"), "unable to get local issuer certificate"),
      (try authority.issue("late", days: -1), "certificate has expired"),
    ]
    try await withSecureProbe(try mutual(when)) { probe in
      for (client, reason) in cases {
        let options = TLSClientOptions(
          authorities: authority.file, certificate: client.certificate, key: client.key)
        #expect(await probe.tell(options).hasPrefix("UNAVAILABLE:"))
        // The client may hear of it before it is noted here.
        #expect(
          await eventually { probe.failures.last?.hasSuffix(reason) == true }, "\(probe.failures)")
      }
    }
  }

  @Test("plaintext is refused on a TLS listener, and the server goes on")
  func plaintext() async throws {
    try await withSecureProbe(TLSServerFiles(try authority.issue("server"))) { probe in
      let channel = Channel(probe.address.description, on: probe.group.loops[1])
      await #expect(throws: RPCError.self) { try await channel.unary(IdentityService.tell, message("?")) }
      #expect(await eventually { probe.failures == ["the peer does not speak TLS"] })
      #expect(await probe.tell(TLSClientOptions(authorities: authority.file)) == "nobody")
    }
  }

  @Test("half-open handshakes are dropped after the timeout; other clients do not notice")
  func halfOpen() async throws {
    let files = TLSServerFiles(try authority.issue("server"))
    try await withSecureProbe(files, handshakeTimeout: .milliseconds(500)) { probe in
      let loop = probe.group.loops[1]
      let address = probe.address
      let silent = try await loop.run { () async throws(SocketError) -> [Int32] in
        var descriptors: [Int32] = []
        for _ in 0..<50 { descriptors.append(try await Socket.connect(to: address, on: loop)) }
        return descriptors
      }
      // Some begin a record and never end it.
      for descriptor in silent.prefix(25) { _ = write(descriptor, [0x16, 3, 1, 2, 0] as [UInt8], 5) }
      #expect(await probe.tell(TLSClientOptions(authorities: authority.file)) == "nobody")
      #expect(await eventually { probe.failures.count == 50 })
      #expect(Set(probe.failures) == ["the TLS handshake took too long"])
      for descriptor in silent {
        var byte: UInt8 = 0
        #expect(await eventually { read(descriptor, &byte, 1) == 0 || errno == ECONNRESET })
        close(descriptor)
      }
    }
  }

  @Test("a drain does not wait for handshakes, and ends calls as in plaintext")
  func drain() async throws {
    try await withSecureProbe(TLSServerFiles(try authority.issue("server"))) { probe in
      let loop = probe.group.loops[1]
      let address = probe.address
      let silent = try await loop.run { () async throws(SocketError) in
        try await Socket.connect(to: address, on: loop)
      }
      defer { close(silent) }
      let channel = try probe.channel(TLSClientOptions(authorities: authority.file))
      let call = try await channel.bidirectional(IdentityService.both)
      try await call.write(message("a"))
      #expect(try await call.next()?.message == "a")
      async let cut = probe.server.drain(within: .seconds(20))
      try await call.write(message("b"))
      #expect(try await call.next()?.message == "b")
      await call.finishWriting()
      #expect(try await call.next() == nil)
      #expect(await cut == 0)
    }
  }
}
