import EventLoop
import Synchronization

@testable import GRPC

/// A server that can be stopped and started again at its address.
final class RestartableServer: Sendable {
  let service = ProbeService()
  let group: EventLoopGroup
  let address: SocketAddress
  private let server: Mutex<GRPCServer?>

  init(
    _ group: EventLoopGroup, at wanted: SocketAddress? = nil,
    configuration: ServerConfiguration = .init()
  ) async throws {
    self.group = group
    let server = GRPCServer(services: [service], configuration: configuration, group: group)
    address = try await server.listen(wanted ?? SocketAddress(.ipv4(host: "127.0.0.1", port: 0)))
    self.server = Mutex(server)
  }

  var calls: Int { service.started.load(ordering: .relaxed) }

  /// Lets the calls under way end.
  func stop() async { await server.withLock { $0.take() }?.drain(within: .seconds(5)) }

  func start() async throws {
    let server = GRPCServer(services: [service], group: group)
    try await server.listen(address)
    self.server.withLock { $0 = server }
  }
}
