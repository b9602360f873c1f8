import EventLoop
import GRPC
import HTTP2
import Patience
import StandardProtos
import Synchronization
import Wire

/// Answers with what the handler knows of its client.
final class IdentityService: RPCService {
  static let descriptor = ServiceDescriptor(name: "test.Identity", file: GoogleRpcStatusDescriptor.file)
  static let tell = MethodDescriptor<GoogleRpcStatus, GoogleRpcStatus>("test.Identity", "Tell", .unary)
  static let both = MethodDescriptor<GoogleRpcStatus, GoogleRpcStatus>(
    "test.Identity", "Both", .bidirectional)

  var handlers: [RPCHandler] {
    [
      .unary(Self.tell) { request, call throws(RPCError) in
        guard let peer = call.peerIdentity else { return message("nobody") }
        let names = [peer.dnsNames, peer.uris, peer.emailAddresses, peer.ipAddresses]
        return message(([peer.subject] + names.map { $0.joined(separator: ",") }).joined(separator: "|"))
      },
      .bidirectional(Self.both) { requests, responses, _ throws(RPCError) in
        while let request = try await requests.next() { try await responses.write(request) }
      },
    ]
  }
}

/// A server with TLS on a free port of the loopback, and what it heard about handshakes.
final class SecureProbe: Sendable {
  let group = EventLoopGroup(loops: 2)
  let server: GRPCServer
  let credentials: TLSServerCredentials
  let address: SocketAddress

  private final class Heard: Sendable { let texts = Mutex<[String]>([]) }
  private let heard = Heard()

  var failures: [String] { heard.texts.withLock { $0 } }

  init(_ files: TLSServerFiles, handshakeTimeout: Duration = .seconds(10)) async throws {
    credentials = try TLSServerCredentials(files)
    var configuration = ServerConfiguration()
    configuration.handshakeTimeout = handshakeTimeout
    let heard = heard
    configuration.onTLSFailure = { _, error in heard.texts.withLock { $0.append(error.problem) } }
    server = GRPCServer(services: [IdentityService()], configuration: configuration, group: group)
    address = try await server.listen(SocketAddress(.ipv4(host: "127.0.0.1", port: 0)), tls: credentials)
  }

  func channel(_ options: TLSClientOptions) throws -> Channel {
    Channel(address.description, on: group.loops[1], security: try ChannelSecurity(options))
  }

  /// What the server says of a client, or the error of the call.
  func tell(_ options: TLSClientOptions) async -> String {
    do {
      let channel = try channel(options)
      defer { Task { await channel.close() } }
      let options = CallOptions(timeout: .seconds(10) * patience)
      return try await channel.unary(IdentityService.tell, message("?"), options: options).message
    } catch let error as RPCError {
      return "\(error.code): \(error.message)"
    } catch {
      return "\(error)"
    }
  }

  func stop() async {
    await server.drain(within: .seconds(5))
    group.stop()
  }
}

/// Runs `body` with a server that is stopped afterwards.
func withSecureProbe(
  _ files: TLSServerFiles, handshakeTimeout: Duration = .seconds(10),
  _ body: (SecureProbe) async throws -> Void
) async throws {
  let probe = try await SecureProbe(files, handshakeTimeout: handshakeTimeout)
  do { try await body(probe) } catch {
    await probe.stop()
    throw error
  }
  await probe.stop()
}
