import EventLoop
import Patience
import StandardProtos
import Testing
import Wire

@testable import GRPC

@Suite struct ChildTaskTests {
  private final class Outcome { var code: Int32 = 0 }

  /// Reads in a child task, which is cancelled; answers with what the reading came to, then with the next message.
  private struct Service: RPCService {
    typealias Message = GoogleRpcStatus

    static let descriptor = ServiceDescriptor(name: "test.Child", file: GoogleRpcStatusDescriptor.file)
    static let both = MethodDescriptor<Message, Message>("test.Child", "Both", .bidirectional)

    static let twice = MethodDescriptor<Message, Message>("test.Child", "Twice", .serverStreaming)

    var handlers: [RPCHandler] {
      [
        // Both wait for the reader, again and again.
        .serverStreaming(Self.twice) { request, responses, call throws(RPCError) in
          let large = message(String(repeating: "x", count: 100_000))
          try await call.alongside {
            for _ in 0..<request.code { _ = try? await responses.write(large) }
          } _: { () async throws(RPCError) in
            for _ in 0..<request.code { try await responses.write(large) }
          }
        },
        .bidirectional(Self.both) { requests, responses, call throws(RPCError) in
          let outcome = Outcome()
          do throws(RPCError) {
            try await call.alongside {
              do throws(RPCError) { _ = try await requests.next() } catch {
                outcome.code = error.code.rawValue
              }
            } _: { () async throws(RPCError) in
              // It waits now.
              await Task.yield()
              throw .callEnded
            }
          } catch {
            try await responses.write(message("cancelled", code: outcome.code))
          }
          if let request = try await requests.next() { try await responses.write(request) }
        },
      ]
    }
  }

  @Test("two tasks of a handler may wait for the same reader")
  func twoWriters() async throws {
    let group = EventLoopGroup(loops: 2)
    defer { group.stop() }
    let server = GRPCServer(services: [Service()], group: group)
    let address = try await server.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
    let channel = Channel(address.description, on: group.loops[1])
    let answers = try await channel.serverStreaming(
      Service.twice, message("", code: 40), options: CallOptions(timeout: .seconds(60) * patience))
    var count = 0
    while let answer = try await answers.next() {
      #expect(answer.message.utf8.count == 100_000)
      count += 1
    }
    #expect(count == 80)
    await channel.close()
    await server.drain(within: .seconds(5))
  }

  @Test("a handler may read beside its own work, give that up, and go on")
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
