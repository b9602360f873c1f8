import EventLoop
import HTTP2

/// How a channel does TLS: whom it trusts, what it shows of itself, whom it expects. The files are read once.
package struct ChannelSecurity: Sendable {
  let context: TLSContext
  /// What the server's certificate has to be for; nil for the host of the target.
  let serverName: String?
  /// How long a server may take for the handshake. Default 10 s.
  package var handshakeTimeout: Duration = .seconds(10)

  /// **Blocks** while files are read.
  package init(_ options: TLSClientOptions) throws(TLSError) {
    context = try TLSContext.client(options)
    serverName = options.serverName
  }

  /// The name to expect at `target`, which is `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
  func expectedName(at target: String) -> String {
    if let serverName { return serverName }
    guard !target.hasPrefix("unix:"), let colon = target.lastIndex(of: ":") else { return "localhost" }
    let host = target[..<colon]
    return String(host.hasPrefix("[") ? host.dropFirst().dropLast() : host)
  }
}

extension Channel {
  /// The transport over a connected socket, after the TLS handshake when there is to be one.
  func secured(_ descriptor: Int32, _ address: SocketAddress) async throws(SocketError) -> ByteTransport {
    guard let security else { return ByteTransport(descriptor: descriptor) }
    let name = security.expectedName(at: target)
    let loop = loop
    let result: Result<ByteTransport, TLSError> = await withUnsafeContinuation { continuation in
      let handshake = TLSHandshake(
        .client, security.context, descriptor: descriptor, serverName: name, on: loop
      ) { continuation.resume(returning: $1) }
      handshake.start(timeout: security.handshakeTimeout)
    }
    do throws(TLSError) { return try result.get() } catch {
      throw SocketError(address: target, problem: "TLS with \(name) failed: \(error)")
    }
  }
}
