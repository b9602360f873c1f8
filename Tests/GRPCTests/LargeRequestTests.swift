import EventLoop
import Glibc
import Gzip
import HTTP2
import Patience
import StandardProtos
import Synchronization
import Testing
import Wire

@testable import GRPC

/// Decodes as google.rpc.Status and says in which thread that was.
private struct Located: Message {
  static let messageName = GoogleRpcStatus.messageName
  static let schema = GoogleRpcStatus.schema

  var status = GoogleRpcStatus()
  var unknownFields = UnknownFields()

  mutating func merge(from reader: inout WireReader) throws(WireError) {
    try status.merge(from: &reader)
    status.message = Self.threadName
  }

  private static var threadName: String {
    guard let file = fopen("/proc/thread-self/comm", "r") else { return "" }
    defer { fclose(file) }
    var name = [UInt8](repeating: 0, count: 16)
    let count = fread(&name, 1, name.count, file)
    return String(decoding: name[..<max(0, count - 1)], as: UTF8.self)
  }

  func encode(into writer: inout WireWriter) { status.encode(into: &writer) }
}

/// Answers how many details a request has, and where it was decoded. One with the code 1 waits.
private final class Service: RPCService {
  static let descriptor = ServiceDescriptor(name: "test.Large", file: GoogleRpcStatusDescriptor.file)
  static let one = MethodDescriptor<Located, GoogleRpcStatus>("test.Large", "One", .unary)
  static let many = MethodDescriptor<Located, GoogleRpcStatus>("test.Large", "Many", .bidirectional)

  let started = Atomic<Int>(0)

  var handlers: [RPCHandler] {
    [
      .unary(Self.one) { request, call throws(RPCError) in
        self.started.add(1, ordering: .relaxed)
        if request.status.code == 1 {
          do throws(CancellationError) { try await call.loop.sleep(for: .seconds(600)) } catch {}
        }
        return message(request.status.message, code: Int32(request.status.details.count))
      },
      .bidirectional(Self.many) { requests, responses, call throws(RPCError) in
        while let request = try await requests.next() {
          try await responses.write(
            message(request.status.message, code: Int32(request.status.details.count)))
        }
      },
    ]
  }
}

/// A request with so many empty details, which take two bytes each on the wire.
private func request(details count: Int, code: Int32 = 0, padding: Int = 0) -> Located {
  var located = Located()
  located.status.details = Array(repeating: WellKnown.`Any`(), count: count)
  located.status.code = code
  located.status.message = String(repeating: "x", count: padding)
  return located
}

private func withService(
  _ configuration: ServerConfiguration = .init(),
  _ body: @Sendable (Service, Channel, GRPCServer) async throws -> Void
) async throws {
  let group = EventLoopGroup(loops: 2)
  defer { group.stop() }
  let service = Service()
  let server = GRPCServer(services: [service], configuration: configuration, group: group)
  let address = try await server.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
  let channel = Channel(address.description, on: group.loops[1])
  try await body(service, channel, server)
  await channel.close()
  await server.drain(within: .seconds(5))
}

@Suite struct LargeRequestTests {
  @Test(
    "small requests are decoded on the loop, large ones elsewhere, packed or not", arguments: [false, true])
  func place(_ isPacked: Bool) async throws {
    let options = CallOptions(compression: isPacked ? .gzip : .identity)
    try await withService { _, channel, _ in
      let small = try await channel.unary(Service.one, request(details: 3), options: options)
      #expect(small.message.hasPrefix("cairn-loop") && small.code == 3)
      // Not large by its bytes, but by what it is made of.
      let many = try await channel.unary(Service.one, request(details: 100_000), options: options)
      #expect(many.message == "cairn-blocking" && many.code == 100_000)
      let long = try await channel.unary(
        Service.one, request(details: 1, padding: 1_000_000), options: options)
      #expect(long.message == "cairn-blocking" && long.code == 1)
    }
  }

  @Test("the messages of a stream, too, and in order", arguments: [false, true])
  func stream(_ isPacked: Bool) async throws {
    try await withService { _, channel, _ in
      let call = try await channel.bidirectional(
        Service.many, options: CallOptions(compression: isPacked ? .gzip : .identity))
      let sizes = [1, 100_000, 2, 50_000, 3]
      for size in sizes { try await call.write(request(details: size)) }
      await call.finishWriting()
      for size in sizes {
        let answer = try await call.next()
        #expect(answer?.code == Int32(size))
        #expect(answer?.message.hasPrefix(size > 10 ? "cairn-blocking" : "cairn-loop") == true)
      }
      #expect(try await call.next() == nil)
    }
  }

  @Test("many small messages that are large together do not stay on the loop")
  func together() async throws {
    try await withService { _, channel, _ in
      let call = try await channel.bidirectional(Service.many)
      let small = request(details: 4000)
      async let written: Void = {
        for _ in 0..<200 { try await call.write(small) }
        await call.finishWriting()
      }()
      var places: Set<String> = []
      while let answer = try await call.next() {
        #expect(answer.code == 4000)
        places.insert(answer.message)
      }
      try await written
      #expect(places.contains("cairn-blocking"))
    }
  }

  @Test("elements that take too much memory are refused by name, packed or not", arguments: [false, true])
  func bomb(_ isPacked: Bool) async throws {
    try await withService { service, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(
          Service.one, request(details: 2_000_000),
          options: CallOptions(compression: isPacked ? .gzip : .identity))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("33554432 bytes of memory") == true)
      #expect(service.started.load(ordering: .relaxed) == 0)
    }
  }

  @Test("what handlers work on counts, inflated and decoded, until they end")
  func counting() async throws {
    var configuration = ServerConfiguration()
    configuration.http2.maxReceivedBytes = 8 << 20
    try await withService(configuration) { service, channel, server in
      let options = CallOptions(compression: .gzip)
      // A few KB each on the wire, a megabyte inflated.
      let large = request(details: 1, code: 1, padding: 1_000_000)
      let calls = (0..<40).map { _ in Task { try await channel.unary(Service.one, large, options: options) } }
      var refused = 0
      for call in calls.dropFirst(16) {
        do { _ = try await withTimeout(call) } catch let error as RPCError {
          if error.code == .resourceExhausted { refused += 1 }
        }
      }
      #expect(refused >= 20)
      #expect(service.started.load(ordering: .relaxed) <= 12)
      for call in calls { call.cancel() }
      // They have let go: there is room again.
      #expect(
        try await eventually {
          do {
            let answer = try await channel.unary(
              Service.one, request(details: 1, padding: 1_000_000), options: options)
            return answer.code == 1
          } catch let error as RPCError where error.code == .resourceExhausted { return false }
        })
      #expect(await eventually { await server.heldBytes == 0 })
    }
  }

  /// The outcome of a call that is refused soon; one that is not is cancelled.
  private func withTimeout(_ call: Task<GoogleRpcStatus, any Error>) async throws -> GoogleRpcStatus {
    let guardian = Task {
      try await Task.sleep(for: .seconds(1) * patience)
      call.cancel()
    }
    defer { guardian.cancel() }
    return try await call.value
  }
}

extension GRPCServer {
  fileprivate var heldBytes: Int {
    get async {
      var sum = 0
      for part in parts { sum += await part.loop.run { () async in part.heldBytes } }
      return sum
    }
  }
}
