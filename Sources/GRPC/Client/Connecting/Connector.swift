import EventLoop
import HTTP2

/// Makes a channel's connections: socket, TLS, HTTP/2. Confined to `loop`.
final class Connector {
  let loop: EventLoop
  private let security: ChannelSecurity?
  private let buffers = TransportBuffers()
  private(set) var http2 = HTTP2Configuration()

  init(loop: EventLoop, security: ChannelSecurity?, _ configuration: ChannelConfiguration) {
    let keepalive = configuration.keepalive
    self.loop = loop
    self.security = security
    http2.maxHeaderListSize = UInt32(clamping: configuration.maxMetadataSize)
    http2.keepaliveTime = keepalive?.time
    http2.keepaliveTimeout = keepalive?.timeout ?? http2.keepaliveTimeout
    http2.keepaliveWithoutStreams = keepalive?.withoutCalls ?? false
  }

  /// gRFC A8: a client that asked too often asks half as often from then on.
  func pingLess() { http2.keepaliveTime = http2.keepaliveTime.map { $0 * 2 } }

  /// The connection is to be started by its owner. Cancelling the task gives up the connect.
  func connect(
    to endpoint: Endpoint, within timeout: Duration, owner: any HTTP2ConnectionOwner
  ) async throws(SocketError) -> HTTP2Connection {
    let descriptor = try await Socket.connect(to: endpoint.address, on: loop)
    let transport = try await secured(descriptor, to: endpoint, within: timeout)
    return HTTP2Connection(
      .client, transport, peer: endpoint.address, loop: loop, buffers: buffers, configuration: http2,
      owner: owner)
  }

  /// The transport over a connected socket, after the TLS handshake when there is to be one.
  private func secured(
    _ descriptor: Int32, to endpoint: Endpoint, within timeout: Duration
  ) async throws(SocketError) -> ByteTransport {
    guard let security else { return ByteTransport(descriptor: descriptor) }
    let serverName = security.expectedName(at: endpoint.authority)
    let result: Result<ByteTransport, TLSError> = await withUnsafeContinuation { continuation in
      let handshake = TLSHandshake(
        .client, security.context, descriptor: descriptor, serverName: serverName, on: loop
      ) { continuation.resume(returning: $1) }
      handshake.start(timeout: min(timeout, security.handshakeTimeout))
    }
    do throws(TLSError) { return try result.get() } catch {
      throw SocketError(
        address: endpoint.address.description, problem: "TLS with \(serverName) failed: \(error)")
    }
  }
}
