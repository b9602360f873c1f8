import EventLoop
import Patience
import StandardProtos
import Testing
import Wire

@testable import GRPC

@Suite struct ChildTaskTests {
  /// Reads in a task of its own, which it cancels; answers with what the reading came to, then with the next message.
  private struct Service: RPCService {
    typealias Message = GoogleRpcStatus

    static let descriptor = ServiceDescriptor(name: "test.Child", file: GoogleRpcStatusDescriptor.file)
    static let both = MethodDescriptor<Message, Message>("test.Child", "Both", .bidirectional)

    var handlers: [RPCHandler] {
      [
        .bidirectional(Self.both) { requests, responses, call throws(RPCError) in
          let reading = Task(executorPreference: call.loop) { () async -> Int32 in
            do throws(RPCError) {
              _ = try await requests.next()
              return 0
            } catch {
              return error.code.rawValue
            }
          }
          // It waits now.
          await Task.yield()
          reading.cancel()
          try await responses.write(message("cancelled", code: await reading.value))
          if let request = try await requests.next() { try await responses.write(request) }
        }
      ]
    }
  }

  @Test("a handler may read in a task that it cancels, and go on")
  func childTask() async throws {
    let group = EventLoopGroup(loops: 2)
    defer { group.stop() }
    let server = GRPCServer(services: [Service()], group: group)
    let address = try await server.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
    let channel = Channel(address.description, on: group.loops[1])
    let call = try await channel.bidirectional(
      Service.both, options: CallOptions(timeout: .seconds(30) * patience))
    #expect(try await call.next() == message("cancelled", code: StatusCode.cancelled.rawValue))
    try await call.write(message("on"))
    #expect(try await call.next() == message("on"))
    #expect(try await call.next() == nil)
    await channel.close()
    await server.drain(within: .seconds(5))
  }
}
