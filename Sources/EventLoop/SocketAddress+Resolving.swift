import CLinux
import Glibc

extension SocketAddress {
  /// Reads `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`, and resolves a host name. **Blocks** while the
  /// resolver works: call it on a ``BlockingPool`` or before the loops start.
  package static func resolve(_ text: String) throws(SocketError) -> [SocketAddress] {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(text.hasPrefix("unix://") ? 7 : 5))
      guard !path.isEmpty, path.utf8.count <= longestPath else {
        throw SocketError(
          address: text, problem: "the path of a unix socket takes 1 to \(longestPath) bytes")
      }
      return [SocketAddress(.unix(path: path))]
    }
    guard let (host, port) = split(text) else {
      throw SocketError(
        address: text,
        problem: "not an address; give HOST:PORT, [IPV6]:PORT or unix:PATH, for example 127.0.0.1:7433")
    }
    return try lookUp(host: host, port: port, text: text)
  }

  private static func split(_ text: String) -> (host: String, port: UInt16)? {
    guard let colon = text.lastIndex(of: ":") else { return nil }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = host.dropFirst().dropLast()
    } else if host.contains(":") {
      return nil
    }
    guard let port = UInt16(text[text.index(after: colon)...]), !host.isEmpty else { return nil }
    return (String(host), port)
  }

  private static func lookUp(host: String, port: UInt16, text: String) throws(SocketError) -> [SocketAddress]
  {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else {
      throw SocketError(
        address: text, problem: "cannot resolve \(host): \(String(cString: gai_strerror(code)))")
    }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let info = next {
      let address = SocketAddress(info.pointee.ai_addr)
      if !addresses.contains(address) { addresses.append(address) }
      next = info.pointee.ai_next
    }
    return addresses
  }
}
