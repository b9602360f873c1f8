import EventLoop
import HTTP2

/// How a channel does TLS: whom it trusts, what it shows of itself, whom it expects. The files are read once.
package struct ChannelSecurity: Sendable {
  let context: TLSContext
  /// What the server's certificate has to be for; nil for the host that the target gives with
  /// the address.
  let serverName: String?
  /// How long a server may take for the handshake. Default 10 s.
  package var handshakeTimeout: Duration = .seconds(10)

  /// **Blocks** while files are read.
  package init(_ options: TLSClientOptions) throws(TLSError) {
    context = try TLSContext.client(options)
    serverName = options.serverName
  }

  /// The name to expect at `authority`, which is `HOST:PORT`, `[IPV6]:PORT` or `localhost`.
  func expectedName(at authority: String) -> String {
    if let serverName { return serverName }
    guard let colon = authority.lastIndex(of: ":") else { return authority }
    let host = authority[..<colon]
    return String(host.hasPrefix("[") ? host.dropFirst().dropLast() : host)
  }
}
