import EventLoop
import Patience
import StandardProtos
import Testing
import Wire

@testable import GRPC

/// The machine has tables of its own; here it meets a server that follows a script.
@Suite struct RetryTests {
  static let none = GoogleRpcStatus()

  /// The four kinds of call, each with one request.
  static let kinds: [MethodKind] = [.unary, .serverStreaming, .clientStreaming, .bidirectional]

  static func call(_ kind: MethodKind, _ channel: Channel, _ options: CallOptions = .init()) async throws {
    let request = message("m")
    switch kind {
    case .unary: #expect(try await channel.unary(ProbeService.unary, request, options: options) == none)
    case .serverStreaming:
      let stream = try await channel.serverStreaming(ProbeService.down, request, options: options)
      #expect(try await stream.next() == none)
      #expect(try await stream.next() == nil)
    case .clientStreaming:
      let call = try await channel.clientStreaming(ProbeService.up, options: options)
      try await call.write(request)
      #expect(try await call.finish() == none)
    case .bidirectional:
      let call = try await channel.bidirectional(ProbeService.both, options: options)
      try await call.write(request)
      await call.finishWriting()
      #expect(try await call.next() == none)
      #expect(try await call.next() == nil)
    }
  }

  static func withPeer(
    _ script: [ScriptedPeer.Line], _ configuration: ChannelConfiguration = .init(),
    _ body: (ScriptedPeer, Channel) async throws -> Void
  ) async throws {
    let group = EventLoopGroup(loops: 2)
    defer { group.stop() }
    let peer = ScriptedPeer(script, on: group.loops[0])
    let address = try await peer.listen()
    let channel = Channel(address.description, on: group.loops[1], configuration: configuration)
    try await body(peer, channel)
    await channel.close()
    await peer.stop()
  }

  static func retrying(
    _ policy: RetryPolicy, throttle: RetryThrottle? = nil
  ) -> ChannelConfiguration {
    var configuration = ChannelConfiguration()
    configuration.retryPolicy = policy
    configuration.retryThrottle = throttle
    return configuration
  }

  static let soon = RetryPolicy(
    maxAttempts: 3, initialBackoff: .milliseconds(5), maxBackoff: .milliseconds(10))

  static func code(_ body: () async throws -> Void) async -> StatusCode? {
    await #expect(throws: RPCError.self) { try await body() }?.code
  }

  @Test("a stream that is refused is begun again, without a policy, in all kinds of call", arguments: kinds)
  func refused(_ kind: MethodKind) async throws {
    try await Self.withPeer([.refuse]) { peer, channel in
      try await Self.call(kind, channel)
      #expect(peer.seen == ["", ""])
      #expect(peer.connectionCount == 1)
    }
  }

  @Test("so is one above the last that a server looked at, on another connection", arguments: kinds)
  func sentAway(_ kind: MethodKind) async throws {
    try await Self.withPeer([.sendAway]) { peer, channel in
      try await Self.call(kind, channel)
      #expect(peer.seen == ["", ""])
      #expect(peer.connectionCount == 2)
    }
  }

  @Test("a server that refuses again and again is believed")
  func refusedTwice() async throws {
    try await Self.withPeer([.refuse, .refuse]) { peer, channel in
      #expect(await Self.code { try await Self.call(.unary, channel) } == .unavailable)
      #expect(peer.seen.count == 2)
    }
  }

  @Test("without a policy a lost connection is the end")
  func lost() async throws {
    try await Self.withPeer([.hangUp]) { peer, channel in
      #expect(await Self.code { try await Self.call(.unary, channel) } == .unavailable)
      #expect(peer.seen.count == 1)
      try await Self.call(.unary, channel)
    }
  }

  @Test("a policy tries again and counts for the server", arguments: kinds)
  func policy(_ kind: MethodKind) async throws {
    let script: [ScriptedPeer.Line] = [.status(.unavailable), .hangUp]
    try await Self.withPeer(script, Self.retrying(Self.soon)) { peer, channel in
      try await Self.call(kind, channel)
      #expect(peer.seen == ["", "1", "2"])
      let calls = await channel.snapshot.calls
      #expect(calls.started == 1 && calls.succeeded == 1 && calls.failed == 0)
    }
  }

  @Test("attempts end, and the last status is the call's")
  func exhausted() async throws {
    let script = [ScriptedPeer.Line](repeating: .status(.unavailable), count: 3) + [.answer]
    try await Self.withPeer(script, Self.retrying(Self.soon)) { peer, channel in
      #expect(await Self.code { try await Self.call(.unary, channel) } == .unavailable)
      #expect(peer.seen == ["", "1", "2"])
    }
  }

  @Test("other statuses are final, and a call may have a policy of its own")
  func codes() async throws {
    try await Self.withPeer([.status(.aborted), .status(.aborted)], Self.retrying(Self.soon)) {
      peer, channel in
      #expect(await Self.code { try await Self.call(.unary, channel) } == .aborted)
      let own = RetryPolicy(
        maxAttempts: 2, initialBackoff: .milliseconds(1), retryableCodes: [.aborted])
      try await Self.call(.unary, channel, CallOptions(retryPolicy: own))
      #expect(peer.seen == ["", "", "1"])
    }
  }

  @Test("the server says when, or not at all")
  func pushback() async throws {
    let slow = RetryPolicy(maxAttempts: 3, initialBackoff: .seconds(600), maxBackoff: .seconds(600))
    let script: [ScriptedPeer.Line] = [
      .status(.unavailable, pushback: "1"), .answer, .status(.unavailable, pushback: "-1"),
    ]
    try await Self.withPeer(script, Self.retrying(slow)) { peer, channel in
      try await Self.call(.unary, channel)
      #expect(await Self.code { try await Self.call(.unary, channel) } == .unavailable)
      #expect(peer.seen == ["", "1", ""])
    }
  }

  @Test("an answer that has begun is not begun again")
  func committed() async throws {
    try await Self.withPeer([.beginAndHangUp], Self.retrying(Self.soon)) { peer, channel in
      #expect(await Self.code { try await Self.call(.serverStreaming, channel) } == .unavailable)
      #expect(peer.seen.count == 1)
    }
  }

  @Test("a request that is too large to keep is sent once", arguments: ["call", "channel"])
  func outgrown(limitOf part: String) async throws {
    var configuration = Self.retrying(Self.soon)
    if part == "call" { configuration.retryBufferSize = 100 } else { configuration.retryBufferTotal = 100 }
    try await Self.withPeer([.status(.unavailable), .refuse], configuration) { peer, channel in
      for _ in 0..<2 {
        let large = message(String(repeating: "x", count: 100))
        let code = await Self.code { _ = try await channel.unary(ProbeService.unary, large) }
        #expect(code == .unavailable)
      }
      #expect(peer.seen == ["", ""])
      #expect(await channel.loop.run { () async in channel.retryBytes } == 0)
    }
  }

  @Test("a channel whose calls fail tries fewer of them again")
  func throttled() async throws {
    let script = [ScriptedPeer.Line](repeating: .status(.unavailable), count: 20)
    let throttle = RetryThrottle(maxTokens: 4, tokenRatio: 0.1)
    try await Self.withPeer(script, Self.retrying(Self.soon, throttle: throttle)) { peer, channel in
      for _ in 0..<3 { #expect(await Self.code { try await Self.call(.unary, channel) } == .unavailable) }
      #expect(peer.seen == ["", "1", "", ""])
    }
  }

  @Test("the deadline and the caller end the wait for another attempt")
  func endedWhileWaiting() async throws {
    let slow = RetryPolicy(maxAttempts: 3, initialBackoff: .seconds(600), maxBackoff: .seconds(600))
    let script = [ScriptedPeer.Line](repeating: .status(.unavailable), count: 2)
    try await Self.withPeer(script, Self.retrying(slow)) { peer, channel in
      let options = CallOptions(timeout: .milliseconds(300))
      #expect(await Self.code { try await Self.call(.unary, channel, options) } == .deadlineExceeded)
      let task = Task { try await Self.call(.serverStreaming, channel) }
      #expect(await eventually { peer.seen.count == 2 })
      task.cancel()
      let error = await #expect(throws: RPCError.self) { try await task.value }
      #expect(error?.code == .cancelled || error?.code == .unavailable)
      #expect(await eventually { await channel.snapshot.calls.failed == 2 })
    }
  }
}
