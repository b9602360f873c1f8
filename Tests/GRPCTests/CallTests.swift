import EventLoop
import Patience
import StandardProtos
import Synchronization
import Testing
import Wire

@testable import GRPC

@Suite struct CallTests {
  @Test("a unary call comes back with its message")
  func unary() async throws {
    try await withProbe { _, channel, _ in
      for number: Int32 in 0..<50 {
        let answer = try await channel.unary(ProbeService.unary, message("hello", code: number))
        #expect(answer == message("hello", code: number))
      }
    }
  }

  @Test("a thousand calls at once are all answered, each with its own answer")
  func concurrent() async throws {
    try await withProbe { _, channel, _ in
      try await withThrowingTaskGroup(of: Bool.self) { group in
        for number: Int32 in 0..<1000 {
          group.addTask {
            try await channel.unary(ProbeService.unary, message("n", code: number)).code == number
          }
        }
        for try await same in group { #expect(same) }
      }
    }
  }

  @Test("an error arrives with its code, its text and its details")
  func errors() async throws {
    try await withProbe { _, channel, _ in
      for code in StatusCode.allCases where code != .ok {
        let error = await #expect(throws: RPCError.self) {
          try await channel.unary(ProbeService.unary, message("fail", code: code.rawValue))
        }
        #expect(error?.code == code)
        #expect(error?.message == "asked to fail: 100% \u{2713}")
        #expect(error?.details == [WellKnown.`Any`(message("detail", code: 7))])
      }
    }
  }

  @Test("a large answer streams through small windows, in order")
  func serverStreaming() async throws {
    try await withProbe { _, channel, _ in
      let text = String(repeating: "x", count: 1000)
      let stream = try await channel.serverStreaming(ProbeService.down, message(text, code: 5000))
      var next: Int32 = 0
      while let answer = try await stream.next() {
        #expect(answer.code == next && answer.message == text)
        next += 1
      }
      #expect(next == 5000)
    }
  }

  @Test("a client streams, the server sums")
  func clientStreaming() async throws {
    try await withProbe { _, channel, _ in
      let call = try await channel.clientStreaming(ProbeService.up)
      for number: Int32 in 1...3000 { try await call.write(message("n", code: number)) }
      #expect(try await call.finish().code == 3000 * 3001 / 2)
    }
  }

  @Test("both sides talk in turn, and both ends are heard")
  func bidirectional() async throws {
    try await withProbe { _, channel, _ in
      let call = try await channel.bidirectional(ProbeService.both)
      for number: Int32 in 0..<100 {
        try await call.write(message("n", code: number))
        #expect(try await call.next()?.code == number)
      }
      await call.finishWriting()
      #expect(try await call.next() == nil)
    }
  }

  @Test("megabytes go both ways at once without either side stalling")
  func largeBothWays() async throws {
    try await withProbe { _, channel, _ in
      let call = try await channel.bidirectional(ProbeService.both)
      let text = String(repeating: "y", count: 100_000)
      async let written: Void = {
        for number: Int32 in 0..<100 { try await call.write(message(text, code: number)) }
        await call.finishWriting()
      }()
      var next: Int32 = 0
      while let answer = try await call.next() {
        #expect(answer.code == next && answer.message.utf8.count == 100_000)
        next += 1
      }
      try await written
      #expect(next == 100)
    }
  }

  @Test("metadata goes both ways, text and bytes, before and after the message")
  func metadata() async throws {
    try await withProbe { _, channel, _ in
      let options = CallOptions(metadata: ["X-Echo": "abc"])
      let stream = try await channel.serverStreaming(
        ProbeService.down, message("m", code: 1), options: options)
      _ = try await stream.next()
      let call: BidirectionalCall<GoogleRpcStatus, GoogleRpcStatus> = try await channel.bidirectional(
        MethodDescriptor("test.Probe", "Unary", .bidirectional), options: options)
      try await call.write(message("m"))
      await call.finishWriting()
      #expect(try await call.headers()["x-head"] == "abc")
      while try await call.next() != nil {}
      #expect(await call.trailers()[bytes: "x-tail-bin"] == [0, 1, 255])
    }
  }

  @Test("a request whose head cannot be sent fails at once and alone")
  func impossibleHead() async throws {
    try await withProbe { _, channel, _ in
      let options = CallOptions(
        metadata: ["x-long": String(repeating: "y", count: 100_000)], timeout: .seconds(60))
      let begun = ContinuousClock.now
      await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("m"), options: options)
      }
      #expect(ContinuousClock.now - begun < .seconds(30))
      let answer = try await channel.unary(ProbeService.unary, message("m"))
      #expect(answer.message == "m")
    }
  }

  @Test("a deadline ends the call on both sides")
  func deadline() async throws {
    try await withProbe { service, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(
          ProbeService.unary, message("hang"), options: CallOptions(timeout: .milliseconds(500)))
      }
      #expect(error?.code == .deadlineExceeded)
      #expect(await eventually { service.cancelled.load(ordering: .relaxed) == 1 })
    }
  }

  @Test("cancelling the caller's task cancels the handler")
  func cancellation() async throws {
    try await withProbe { service, channel, _ in
      let task = Task { try await channel.unary(ProbeService.unary, message("hang")) }
      #expect(await eventually { service.started.load(ordering: .relaxed) == 1 })
      task.cancel()
      await #expect(throws: RPCError.self) { try await task.value }
      #expect(await eventually { service.cancelled.load(ordering: .relaxed) == 1 })
    }
  }

  @Test("a handler whose call ends before it first waits is cancelled")
  func endsAtOnce() async throws {
    final class TooMuch: ServerInterceptor {
      let cancelled = Atomic<Int>(0)

      func intercept(
        _ call: CallContext, next: () async throws(RPCError) -> Void
      ) async throws(RPCError) {
        try call.setHeader("x-large", String(repeating: "h", count: 100_000))
        call.sendHeaders()
        do throws(CancellationError) { try await call.loop.sleep(for: .seconds(60)) } catch {
          cancelled.add(1, ordering: .relaxed)
        }
        throw .callEnded
      }
    }
    let interceptor = TooMuch()
    try await withProbe(interceptors: [interceptor]) { _, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("m"))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(await eventually { interceptor.cancelled.load(ordering: .relaxed) == 1 })
    }
  }

  @Test("letting go of a stream cancels its handler")
  func letGo() async throws {
    try await withProbe { service, channel, _ in
      do { _ = try await channel.serverStreaming(ProbeService.down, message("hang")) }
      #expect(await eventually { service.cancelled.load(ordering: .relaxed) == 1 })
    }
  }

  @Test("unknown methods and oversized messages get a status that says so")
  func refusals() async throws {
    var configuration = ServerConfiguration()
    configuration.maxReceiveMessageSize = 1000
    try await withProbe(configuration: configuration) { _, channel, _ in
      let unknown = MethodDescriptor<GoogleRpcStatus, GoogleRpcStatus>("test.Probe", "Nope", .unary)
      var error = await #expect(throws: RPCError.self) { try await channel.unary(unknown, message("m")) }
      #expect(error?.code == .unimplemented)
      error = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message(String(repeating: "z", count: 2000)))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("1000 bytes") == true && error?.message.contains("2003") == true)
    }
  }

  @Test("interceptors surround the call in order and may refuse it")
  func interceptors() async throws {
    struct Gate: ServerInterceptor {
      func intercept(
        _ call: CallContext, next: () async throws(RPCError) -> Void
      ) async throws(RPCError) {
        guard call.metadata["x-key"] == "open" else { throw RPCError(.unauthenticated, "no key") }
        try await next()
        try call.setTrailer("x-gate", "passed")
      }
    }
    try await withProbe(interceptors: [Gate()]) { service, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("m"))
      }
      #expect(error?.code == .unauthenticated)
      #expect(service.started.load(ordering: .relaxed) == 0)
      let options = CallOptions(metadata: ["x-key": "open"])
      let answer = try await channel.unary(ProbeService.unary, message("m"), options: options)
      #expect(answer.message == "m")
    }
  }

  @Test("a drain lets the call in flight end well and then closes")
  func drain() async throws {
    try await withProbe { service, channel, server in
      let call = try await channel.bidirectional(ProbeService.both)
      try await call.write(message("a"))
      #expect(try await call.next()?.message == "a")
      async let cut = server.drain(within: .seconds(20))
      try await call.write(message("b"))
      #expect(try await call.next()?.message == "b")
      await call.finishWriting()
      #expect(try await call.next() == nil)
      #expect(await cut == 0)
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("late"))
      }
      #expect(error?.code == .unavailable)
    }
  }

  @Test("a drain cuts off what outlasts its limit")
  func drainLimit() async throws {
    try await withProbe { service, channel, server in
      let task = Task { try await channel.unary(ProbeService.unary, message("hang")) }
      #expect(await eventually { service.started.load(ordering: .relaxed) == 1 })
      #expect(await server.drain(within: .milliseconds(200)) == 1)
      let error = await #expect(throws: RPCError.self) { try await task.value }
      #expect(error?.code == .unavailable)
    }
  }

  @Test("nobody listening is UNAVAILABLE and names the address")
  func refusedConnection() async throws {
    let group = EventLoopGroup(loops: 1)
    defer { group.stop() }
    let channel = Channel("127.0.0.1:1", on: group.loops[0])
    let error = await #expect(throws: RPCError.self) {
      try await channel.unary(ProbeService.unary, message("m"))
    }
    #expect(error?.code == .unavailable)
    #expect(error?.message.contains("127.0.0.1:1") == true)
  }
}
