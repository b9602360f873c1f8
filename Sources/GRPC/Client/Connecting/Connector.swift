import EventLoop
import HTTP2

/// Makes a channel's connections: socket, TLS, HTTP/2. Confined to `loop`.
final class Connector: @unchecked Sendable {
  let loop: EventLoop
  private let security: ChannelSecurity?
  /// What a server's certificate has to be for.
  private let serverName: String
  private let buffers = TransportBuffers()
  private(set) var http2 = HTTP2Configuration()

  init(
    loop: EventLoop, security: ChannelSecurity?, authority: String, keepalive: ClientKeepalive?
  ) {
    self.loop = loop
    self.security = security
    serverName = security?.expectedName(at: authority) ?? authority
    http2.keepaliveTime = keepalive?.time
    http2.keepaliveTimeout = keepalive?.timeout ?? http2.keepaliveTimeout
    http2.keepaliveWithoutStreams = keepalive?.withoutCalls ?? false
  }

  /// gRFC A8: a client that asked too often asks half as often from then on.
  func pingLess() { http2.keepaliveTime = http2.keepaliveTime.map { $0 * 2 } }

  /// The connection is to be started by its owner. Cancelling the task gives up the connect.
  func connect(
    to address: SocketAddress, within timeout: Duration, owner: any HTTP2ConnectionOwner
  ) async throws(SocketError) -> HTTP2Connection {
    let descriptor = try await Socket.connect(to: address, on: loop)
    let transport = try await secured(descriptor, address, timeout)
    return HTTP2Connection(
      .client, transport, peer: address, loop: loop, buffers: buffers, configuration: http2, owner: owner)
  }

  /// The transport over a connected socket, after the TLS handshake when there is to be one.
  private func secured(
    _ descriptor: Int32, _ address: SocketAddress, _ timeout: Duration
  ) async throws(SocketError) -> ByteTransport {
    guard let security else { return ByteTransport(descriptor: descriptor) }
    let result: Result<ByteTransport, TLSError> = await withUnsafeContinuation { continuation in
      let handshake = TLSHandshake(
        .client, security.context, descriptor: descriptor, serverName: serverName, on: loop
      ) { continuation.resume(returning: $1) }
      handshake.start(timeout: min(timeout, security.handshakeTimeout))
    }
    do throws(TLSError) { return try result.get() } catch {
      throw SocketError(
        address: address.description, problem: "TLS with \(serverName) failed: \(error)")
    }
  }
}
