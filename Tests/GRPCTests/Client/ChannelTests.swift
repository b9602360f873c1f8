import EventLoop
import Foundation
import Patience
import Synchronization
import Testing

@testable import GRPC

/// Channels with several servers, or with one that comes and goes.
@Suite struct ChannelTests {
  /// Back-offs of milliseconds.
  static func impatient(_ policy: LoadBalancing = .pickFirst) -> ChannelConfiguration {
    var configuration = ChannelConfiguration()
    configuration.loadBalancing = policy
    configuration.backoff.initial = .milliseconds(10)
    configuration.backoff.maximum = .milliseconds(50)
    return configuration
  }

  static func withGroup(_ body: (EventLoopGroup) async throws -> Void) async throws {
    let group = EventLoopGroup(loops: 2)
    defer { group.stop() }
    try await body(group)
  }

  static func call(_ channel: Channel, _ options: CallOptions = .init()) async throws {
    #expect(try await channel.unary(ProbeService.unary, message("m"), options: options) == message("m"))
  }

  static func states(_ channel: Channel) async -> [ConnectivityState] {
    await channel.snapshot.subchannels.map(\.state)
  }

  @Test("round robin shares calls out; a server that leaves is not missed, one that returns gets its share")
  func roundRobin() async throws {
    try await Self.withGroup { group in
      let places = [try await RestartableServer(group), try await RestartableServer(group)]
      let target = places.map(\.address.description).joined(separator: ",")
      let channel = Channel(target, on: group.loops[1], configuration: Self.impatient(.roundRobin))
      try await Self.call(channel)
      #expect(await eventually { await Self.states(channel) == [.ready, .ready] })
      let before = places.map(\.calls)
      for _ in 0..<20 { try await Self.call(channel) }
      #expect(zip(places, before).map { $0.calls - $1 } == [10, 10])

      await places[0].stop()
      for _ in 0..<20 { try await Self.call(channel) }
      #expect(await Self.states(channel)[1] == .ready)

      try await places[0].start()
      #expect(await eventually { await Self.states(channel) == [.ready, .ready] })
      let returned = places[0].calls
      for _ in 0..<20 { try await Self.call(channel) }
      #expect(places[0].calls - returned == 10)
      await channel.close()
      for place in places { await place.stop() }
    }
  }

  @Test("pick first goes to the next address when the first cannot be reached, and stays there")
  func pickFirst() async throws {
    try await Self.withGroup { group in
      let places = [try await RestartableServer(group), try await RestartableServer(group)]
      await places[0].stop()
      let target = places.map(\.address.description).joined(separator: ",")
      let channel = Channel("dns:///" + target, on: group.loops[1], configuration: Self.impatient())
      try await Self.call(channel)
      try await places[0].start()
      for _ in 0..<5 { try await Self.call(channel) }
      #expect(places.map(\.calls) == [0, 6])
      // Lost: it begins with the first again, whose back-off is over.
      #expect(await eventually { await Self.states(channel)[0] == .idle })
      await places[1].stop()
      for _ in 0..<3 { try await Self.call(channel) }
      #expect(places.map(\.calls) == [3, 6])
      await channel.close()
      for place in places { await place.stop() }
    }
  }

  @Test("calls that wait for a server are answered when it comes; others fail, end in time or are cancelled")
  func waitForReady() async throws {
    try await Self.withGroup { group in
      let folder = FileManager.default.temporaryDirectory.path + "/cairn-\(UUID().uuidString.prefix(8))"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: folder) }
      let address = SocketAddress(.unix(path: folder + "/s"))
      let channel = Channel(address.description, on: group.loops[1], configuration: Self.impatient())

      let patient = Task { try await Self.call(channel, CallOptions(waitsForReady: true)) }
      let streaming = Task {
        let options = CallOptions(waitsForReady: true)
        let call = try await channel.bidirectional(ProbeService.both, options: options)
        try await call.write(message("a"))
        return try await call.next()?.message
      }
      #expect(await eventually { await channel.snapshot.subchannels.first?.lastFailure != nil })
      var error = await #expect(throws: RPCError.self) { try await Self.call(channel) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains(address.description) == true)
      error = await #expect(throws: RPCError.self) {
        try await Self.call(channel, CallOptions(timeout: .milliseconds(100), waitsForReady: true))
      }
      #expect(error?.code == .deadlineExceeded)
      #expect(error?.message.contains(address.description) == true)
      let impatient = Task { try await Self.call(channel, CallOptions(waitsForReady: true)) }
      impatient.cancel()
      error = await #expect(throws: RPCError.self) { try await impatient.value }
      #expect(error?.code == .cancelled)

      let place = try await RestartableServer(group, at: address)
      try await patient.value
      #expect(try await streaming.value == "a")
      await channel.close()
      await place.stop()
    }
  }

  @Test("a name is looked up again when its address fails, and the calls go to the new one")
  func movedServer() async throws {
    try await Self.withGroup { group in
      let places = [try await RestartableServer(group), try await RestartableServer(group)]
      let current = Mutex(places[0].address)
      var configuration = Self.impatient()
      configuration.resolutionInterval = .milliseconds(10)
      configuration.nameResolver = { _ in [current.withLock { $0 }] }
      let channel = Channel("dns:///cairn.example:1", on: group.loops[1], configuration: configuration)
      try await Self.call(channel)
      current.withLock { $0 = places[1].address }
      await places[0].stop()
      try await Self.call(channel, CallOptions(waitsForReady: true))
      #expect(places.map(\.calls) == [1, 1])
      #expect(await channel.snapshot.subchannels.map(\.address) == [places[1].address])
      await channel.close()
      await places[1].stop()
    }
  }

  @Test("a call that a server has no room for yet goes elsewhere when that server leaves")
  func noRoom() async throws {
    try await Self.withGroup { group in
      var small = ServerConfiguration()
      small.http2.maxConcurrentStreams = 1
      let places = [
        try await RestartableServer(group, configuration: small), try await RestartableServer(group),
      ]
      let target = places.map(\.address.description).joined(separator: ",")
      let channel = Channel(target, on: group.loops[1], configuration: Self.impatient())
      let long = try await channel.bidirectional(ProbeService.both)
      try await long.write(message("a"))
      #expect(try await long.next()?.message == "a")
      async let waiting: Void = Self.call(channel)
      #expect(await eventually { await channel.snapshot.subchannels[0].openCalls == 2 })
      async let stopped: Void = places[0].stop()
      try await waiting
      #expect(places.map(\.calls) == [1, 1])
      try await long.write(message("b"))
      #expect(try await long.next()?.message == "b")
      await long.finishWriting()
      #expect(try await long.next() == nil)
      await stopped
      await channel.close()
      await places[1].stop()
    }
  }

  @Test("a server that accepts and says nothing has its time, then the next address has its turn")
  func silentServer() async throws {
    try await Self.withGroup { group in
      let silent = try await group.loops[0].run { () async throws(SocketError) in
        let listener = try Listener(
          SocketAddress(.ipv4(host: "127.0.0.1", port: 0)), on: group.loops[0]
        ) { _, _ in }
        listener.start()
        return listener
      }
      let place = try await RestartableServer(group)
      var configuration = Self.impatient()
      configuration.backoff.minConnectTimeout = .milliseconds(200)
      let channel = Channel(
        "\(silent.address),\(place.address)", on: group.loops[1], configuration: configuration)
      try await Self.call(channel)
      #expect(await channel.snapshot.subchannels[0].lastFailure?.contains("took too long") == true)
      await channel.close()
      await place.stop()
      await group.loops[0].run { () async in silent.stop() }
    }
  }

  @Test("an address that never answers is not waited for: the next one is tried beside it")
  func blackHole() async throws {
    try await Self.withGroup { group in
      let hole = try BlackHole()
      let place = try await RestartableServer(group)
      // An attempt has 20 s, which nobody waits for here.
      let channel = Channel("\(hole.address),\(place.address)", on: group.loops[1])
      let start = ContinuousClock.now
      try await Self.call(channel)
      #expect(start.duration(to: .now) < .seconds(15))
      let seen = await channel.snapshot.subchannels
      #expect(seen.map(\.state) == [.idle, .ready])
      #expect(seen.allSatisfy { $0.lastFailure == nil })
      await channel.close()
      await place.stop()
    }
  }

  @Test("no call is lost to connections that grow old")
  func oldConnections() async throws {
    var configuration = ServerConfiguration()
    configuration.http2.maxConnectionAge = .milliseconds(20)
    try await withProbe(configuration: configuration) { service, channel, _ in
      let clock = ContinuousClock.now
      var calls = 0
      while clock.duration(to: .now) < .milliseconds(500) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for _ in 0..<20 { group.addTask { try await Self.call(channel) } }
          try await group.waitForAll()
        }
        calls += 20
      }
      // Each once: what was tried again had not been begun.
      #expect(service.started.load(ordering: .relaxed) == calls)
    }
  }

  @Test("what is to be seen of a channel")
  func snapshot() async throws {
    try await withProbe { _, channel, _ in
      var snapshot = await channel.snapshot
      #expect(snapshot.state == .idle && snapshot.subchannels.isEmpty && snapshot.calls == CallCounts())
      try await Self.call(channel)
      _ = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("fail", code: 5))
      }
      let stream = try await channel.bidirectional(ProbeService.both)
      try await stream.write(message("m"))
      _ = try await stream.next()
      snapshot = await channel.snapshot
      #expect(snapshot.target == channel.target && snapshot.state == .ready)
      let subchannel = try #require(snapshot.subchannels.first)
      #expect(subchannel.address.description == channel.target && subchannel.state == .ready)
      #expect(subchannel.openCalls == 1 && subchannel.lastFailure == nil)
      for calls in [snapshot.calls, subchannel.calls] {
        #expect(calls.started == 3 && calls.succeeded == 1 && calls.failed == 1 && calls.lastStart != nil)
      }
      await channel.close()
      #expect(await channel.snapshot.state == .shutdown)
      let error = await #expect(throws: RPCError.self) { try await Self.call(channel) }
      #expect(error?.code == .unavailable)
    }
  }

  @Test("a target that cannot be read is said to be so, at once")
  func badTarget() async throws {
    try await Self.withGroup { group in
      let channel = Channel("http://localhost", on: group.loops[0])
      let error = await #expect(throws: RPCError.self) {
        try await Self.call(channel, CallOptions(waitsForReady: true))
      }
      #expect(error?.code == .invalidArgument)
    }
  }

  @Test("a name that has no address fails calls that do not wait")
  func unknownName() async throws {
    try await Self.withGroup { group in
      let channel = Channel("nowhere.invalid:1", on: group.loops[0])
      let error = await #expect(throws: RPCError.self) { try await Self.call(channel) }
      #expect(error?.code == .unavailable)
      #expect(error?.message.contains("nowhere.invalid") == true)
    }
  }
}
