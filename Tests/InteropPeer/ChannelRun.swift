import EventLoop
import GRPC
import Glibc
import StandardServices

/// What a channel does while its servers come and go, for tests that have the servers.
enum ChannelRun {
  /// Calls EmptyCall all the time, by round robin, until standard input ends. A server of channelz, whose address
  /// is printed, tells of the channel meanwhile.
  ///
  /// - Returns: How many calls were answered, and how many the servers cancelled: a stock server that stops answers
  ///   CANCELLED to a call that it took but gave to no handler yet.
  static func steady(
    _ target: String, on loop: EventLoop
  ) async throws(RPCError) -> (answered: Int, cancelled: Int) {
    var configuration = ChannelConfiguration()
    configuration.loadBalancing = .roundRobin
    configuration.backoff.initial = .milliseconds(50)
    configuration.backoff.maximum = .milliseconds(200)
    let channel = Channel(target, on: loop, configuration: configuration)
    let group = EventLoopGroup(loops: 1)
    let looks = GRPCServer(services: [ChannelzService(.ofProcess)], group: group)
    do throws(SocketError) {
      print("cairn: listening on \(try await looks.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0))))")
      fflush(nil)
    } catch {
      throw RPCError(.unavailable, "\(error)")
    }
    let client = GrpcTestingTestServiceClient(channel)
    let options = CallOptions(timeout: .seconds(30), waitsForReady: true)
    var answered = 0
    var cancelled = 0
    while !isInputOver {
      do throws(RPCError) {
        _ = try await client.emptyCall(GrpcTestingEmpty(), options: options)
        answered += 1
      } catch  where error.code == .cancelled {
        cancelled += 1
      }
      try? await loop.sleep(for: .milliseconds(1))
    }
    await channel.close()
    _ = await looks.drain(within: .seconds(1))
    return (answered, cancelled)
  }

  /// One EmptyCall that is tried four times where the server is UNAVAILABLE.
  static func retry(_ target: String, on loop: EventLoop) async throws(RPCError) {
    var configuration = ChannelConfiguration()
    configuration.retryPolicy = RetryPolicy(
      maxAttempts: 4, initialBackoff: .milliseconds(5), retryableCodes: [.unavailable])
    let channel = Channel(target, on: loop, configuration: configuration)
    _ = try await GrpcTestingTestServiceClient(channel).emptyCall(GrpcTestingEmpty())
    await channel.close()
  }

  private static var isInputOver: Bool {
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, 0) > 0
  }
}
