import EventLoop
import StandardProtos
import Synchronization
import Wire

@testable import GRPC

func message(_ text: String, code: Int32 = 0) -> GoogleRpcStatus {
  var message = GoogleRpcStatus()
  message.message = text
  message.code = code
  return message
}

/// One method of each kind, over google.rpc.Status as the message. A message `fail` fails with its
/// code; `hang` waits for cancellation.
final class ProbeService: RPCService {
  typealias Message = GoogleRpcStatus

  static let descriptor = ServiceDescriptor(name: "test.Probe", file: GoogleRpcStatusDescriptor.file)
  static let unary = MethodDescriptor<Message, Message>("test.Probe", "Unary", .unary)
  static let down = MethodDescriptor<Message, Message>("test.Probe", "Down", .serverStreaming)
  static let up = MethodDescriptor<Message, Message>("test.Probe", "Up", .clientStreaming)
  static let both = MethodDescriptor<Message, Message>("test.Probe", "Both", .bidirectional)

  let started = Atomic<Int>(0)
  let cancelled = Atomic<Int>(0)

  var handlers: [RPCHandler] {
    [
      .unary(Self.unary) { request, call throws(RPCError) in
        #if DEBUG
          precondition(call.loop.isOnLoop)
        #endif
        try await self.obey(request, call)
        if let echo = call.metadata["x-echo"] {
          try call.setHeader("x-head", echo)
          try call.setTrailer("x-tail-bin", bytes: [0, 1, 255])
        }
        return request
      },
      .serverStreaming(Self.down) { request, responses, call throws(RPCError) in
        try await self.obey(request, call)
        for number in 0..<request.code { try await responses.write(message(request.message, code: number)) }
      },
      .clientStreaming(Self.up) { requests, call throws(RPCError) in
        var sum: Int32 = 0
        while let request = try await requests.next() {
          try await self.obey(request, call)
          sum += request.code
        }
        return message("sum", code: sum)
      },
      .bidirectional(Self.both) { requests, responses, call throws(RPCError) in
        while let request = try await requests.next() {
          try await self.obey(request, call)
          try await responses.write(request)
        }
      },
    ]
  }

  private func obey(_ request: Message, _ call: CallContext) async throws(RPCError) {
    started.add(1, ordering: .relaxed)
    switch request.message {
    case "fail":
      throw RPCError(
        StatusCode(rawValue: request.code)!, "asked to fail: 100% \u{2713}",
        details: [WellKnown.`Any`(message("detail", code: 7))])
    case "hang":
      do throws(CancellationError) { try await call.loop.sleep(for: .seconds(60)) } catch {
        cancelled.add(1, ordering: .relaxed)
        throw RPCError(.cancelled, "noticed")
      }
    default: break
    }
  }
}

/// A server on a free port with a channel to it, for the length of `body`.
func withProbe(
  interceptors: [any ServerInterceptor] = [], configuration: ServerConfiguration = .init(),
  client: ChannelConfiguration = .init(),
  _ body: @Sendable (ProbeService, Channel, GRPCServer) async throws -> Void
) async throws {
  let group = EventLoopGroup(loops: 2)
  let service = ProbeService()
  let server = GRPCServer(
    services: [service], interceptors: interceptors, configuration: configuration, group: group)
  let address = try await server.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
  let channel = Channel(address.description, on: group.loops[1], configuration: client)
  defer { group.stop() }
  try await body(service, channel, server)
  await channel.close()
  await server.drain(within: .seconds(5))
}
