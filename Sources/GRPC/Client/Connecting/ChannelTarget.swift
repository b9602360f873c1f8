import EventLoop

/// What a channel is told to reach, as in gRPC's naming document:
///
/// - `HOST:PORT`, `[IPV6]:PORT` and `dns:HOST:PORT`, `dns:///HOST:PORT`: every address of the host
/// - `unix:PATH`, `unix:///PATH`
/// - `ipv4:A:PORT,B:PORT`, `ipv6:[A]:PORT,[B]:PORT`: numeric addresses
/// - `HOST:PORT,HOST:PORT`: the addresses of several hosts, one after the other
///
/// A port is always given. The order is kept: it is the order in which ``LoadBalancing/pickFirst`` tries.
struct ChannelTarget: Equatable, Sendable {
  /// Each `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`.
  let endpoints: [String]
  /// Asking again would give the same addresses.
  let isFixed: Bool

  /// Of a channel whose target could not be read.
  static let nowhere = ChannelTarget(endpoints: ["localhost"], isFixed: true)

  private init(endpoints: [String], isFixed: Bool) {
    self.endpoints = endpoints
    self.isFixed = isFixed
  }

  init(_ text: String) throws(SocketError) {
    if text.hasPrefix("unix:") {
      (endpoints, isFixed) = ([text], true)
    } else if text.hasPrefix("ipv4:") {
      (endpoints, isFixed) = (Self.list(text.dropFirst(5)), true)
      try check(text, expected: "a numeric IPv4 address") { host in
        host.utf8.allSatisfy { $0 == UInt8(ascii: ".") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      }
    } else if text.hasPrefix("ipv6:") {
      (endpoints, isFixed) = (Self.list(text.dropFirst(5)), true)
      try check(text, expected: "an IPv6 address in brackets") { $0.hasPrefix("[") && $0.hasSuffix("]") }
    } else {
      (endpoints, isFixed) = (Self.list(try Self.names(text)), false)
      try check(text, expected: "a host") { host in
        !host.contains("/") && (!host.contains(":") || host.hasPrefix("[") && host.hasSuffix("]"))
      }
    }
  }

  /// Every address of every endpoint. **Blocks** while the resolver works.
  ///
  /// - Throws: When no endpoint has an address.
  func resolve(_ resolver: ChannelConfiguration.NameResolver) throws(SocketError) -> [Endpoint] {
    var found: [Endpoint] = []
    var failure: SocketError?
    for endpoint in endpoints {
      let authority = endpoint.hasPrefix("unix:") ? "localhost" : endpoint
      do throws(SocketError) {
        for address in try resolver(endpoint) {
          let one = Endpoint(address, authority)
          if !found.contains(one) { found.append(one) }
        }
      } catch {
        failure = error
      }
    }
    if found.isEmpty, let failure { throw failure }
    return found
  }

  private static func list(_ text: Substring) -> [String] {
    text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
  }

  private static func names(_ text: String) throws(SocketError) -> Substring {
    guard text.hasPrefix("dns:") else { return text[...] }
    let rest = text.dropFirst(4)
    guard rest.hasPrefix("//") else { return rest }
    guard rest.hasPrefix("///") else {
      throw SocketError(
        address: text, problem: "a name server of one's own is not supported; give dns:///HOST:PORT")
    }
    return rest.dropFirst(3)
  }

  private func check(
    _ text: String, expected: String, isHost: (Substring) -> Bool
  ) throws(SocketError) {
    for endpoint in endpoints {
      guard let colon = endpoint.lastIndex(of: ":"), UInt16(endpoint[endpoint.index(after: colon)...]) != nil,
        colon != endpoint.startIndex, isHost(endpoint[..<colon])
      else {
        throw SocketError(
          address: text,
          problem: "\"\(endpoint)\" is not \(expected) with a port; for example 127.0.0.1:7433 or [::1]:7433")
      }
    }
  }
}
