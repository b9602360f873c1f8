import EventLoop
import Patience
import Synchronization
import Testing

@testable import GRPC

/// The machines have tables of their own; here they meet sockets.
@Suite struct ConnectionUpkeepTests {
  static func configuration(_ change: (inout ServerConfiguration) -> Void) -> ServerConfiguration {
    var configuration = ServerConfiguration()
    change(&configuration)
    return configuration
  }

  static func client(_ keepalive: ClientKeepalive) -> ChannelConfiguration {
    var configuration = ChannelConfiguration()
    configuration.keepalive = keepalive
    return configuration
  }

  @Test("an idle connection goes, and the next call has a new one")
  func idle() async throws {
    let configuration = Self.configuration { $0.http2.maxConnectionIdle = .milliseconds(100) }
    try await withProbe(configuration: configuration) { _, channel, server in
      for _ in 0..<3 {
        let answer = try await channel.unary(ProbeService.unary, message("m"))
        #expect(answer.message == "m")
        #expect(await eventually { server.connectionCount == 0 })
      }
    }
  }

  @Test("a connection with a call is not idle")
  func busy() async throws {
    let configuration = Self.configuration { $0.http2.maxConnectionIdle = .milliseconds(50) }
    try await withProbe(configuration: configuration) { _, channel, server in
      let call = try await channel.bidirectional(ProbeService.both)
      try await call.write(message("a"))
      #expect(try await call.next()?.message == "a")
      try await channel.loop.run { () async throws in try await channel.loop.sleep(for: .milliseconds(400)) }
      #expect(server.connectionCount == 1)
      await call.finishWriting()
      #expect(try await call.next() == nil)
      #expect(await eventually { server.connectionCount == 0 })
    }
  }

  @Test("an old connection lets its calls end, new ones go elsewhere")
  func age() async throws {
    let configuration = Self.configuration { $0.http2.maxConnectionAge = .milliseconds(150) }
    try await withProbe(configuration: configuration) { _, channel, server in
      let call = try await channel.bidirectional(ProbeService.both)
      try await call.write(message("a"))
      #expect(try await call.next()?.message == "a")
      // Until another connection is there beside the old one.
      #expect(
        try await eventually {
          _ = try await channel.unary(ProbeService.unary, message("m"))
          return server.connectionCount == 2
        })
      try await call.write(message("b"))
      #expect(try await call.next()?.message == "b")
      await call.finishWriting()
      #expect(try await call.next() == nil)
    }
  }

  @Test("the grace of an old connection ends")
  func grace() async throws {
    let configuration = Self.configuration {
      $0.http2.maxConnectionAge = .milliseconds(50)
      $0.http2.maxConnectionAgeGrace = .milliseconds(50)
    }
    try await withProbe(configuration: configuration) { service, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("hang"))
      }
      #expect(error?.code == .unavailable)
      #expect(await eventually { service.cancelled.load(ordering: .relaxed) == 1 })
    }
  }

  @Test("a server and a client that ask each other stay together")
  func keepalive() async throws {
    let configuration = Self.configuration {
      $0.http2.keepaliveTime = .milliseconds(20)
      $0.http2.minPingInterval = .milliseconds(1)
      $0.http2.permitsPingsWithoutStreams = true
    }
    let keepalive = ClientKeepalive(time: .milliseconds(20), timeout: .seconds(5), withoutCalls: true)
    try await withProbe(configuration: configuration, client: Self.client(keepalive)) { _, channel, server in
      let call = try await channel.bidirectional(ProbeService.both)
      for text in ["a", "b"] {
        try await call.write(message(text))
        #expect(try await call.next()?.message == text)
        try await channel.loop.run { () async throws in try await channel.loop.sleep(for: .milliseconds(300))
        }
      }
      #expect(server.connectionCount == 1)
    }
  }

  @Test("a client that asks too often is sent away, and asks less often from then on")
  func tooManyPings() async throws {
    let configuration = Self.configuration { $0.http2.minPingInterval = .seconds(1) }
    let keepalive = ClientKeepalive(time: .milliseconds(20), timeout: .seconds(5))
    try await withProbe(configuration: configuration, client: Self.client(keepalive)) { service, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("hang"))
      }
      #expect(error?.code == .unavailable)
      #expect(await eventually { await channel.keepaliveTime == .milliseconds(40) })
    }
  }
}
