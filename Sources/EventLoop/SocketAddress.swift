import CLinux
import Glibc

/// Where a socket listens or connects to: a numeric IPv4 or IPv6 address with a port, or the path
/// of a unix-domain socket.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
  package enum Kind: Hashable, Sendable {
    case ipv4(host: String, port: UInt16)
    case ipv6(host: String, port: UInt16)
    case unix(path: String)
  }
  package let kind: Kind

  package init(_ kind: Kind) { self.kind = kind }

  /// The longest path that fits `sockaddr_un` with its terminator.
  package static let longestPath = 107

  package var port: UInt16? {
    switch kind {
    case .ipv4(_, let port), .ipv6(_, let port): port
    case .unix: nil
    }
  }

  /// Whether only this machine can reach it.
  package var isLocal: Bool {
    switch kind {
    case .ipv4(let host, _): host.hasPrefix("127.")
    case .ipv6(let host, _): host == "::1"
    case .unix: true
    }
  }

  /// `127.0.0.1:7433`, `[::1]:7433`, `unix:/run/cairn.sock`
  package var description: String {
    switch kind {
    case .ipv4(let host, let port): "\(host):\(port)"
    case .ipv6(let host, let port): "[\(host)]:\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// The 4 or 16 bytes of the IP address, in network order; none of a unix socket.
  package var addressBytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16)
    switch kind {
    case .ipv4(let host, _): return inet_pton(AF_INET, host, &bytes) == 1 ? Array(bytes.prefix(4)) : []
    case .ipv6(let host, _): return inet_pton(AF_INET6, host, &bytes) == 1 ? bytes : []
    case .unix: return []
    }
  }

  package var family: Int32 {
    switch kind {
    case .ipv4: AF_INET
    case .ipv6: AF_INET6
    case .unix: AF_UNIX
    }
  }

  /// Calls `body` with the C form.
  func withSockaddr<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
    var storage = sockaddr_storage()
    return withUnsafeMutablePointer(to: &storage) { pointer in
      let raw = UnsafeMutableRawPointer(pointer)
      let length: Int
      switch kind {
      case .ipv4(let host, let port):
        let address = raw.bindMemory(to: sockaddr_in.self, capacity: 1)
        address.pointee.sin_family = sa_family_t(AF_INET)
        address.pointee.sin_port = port.bigEndian
        inet_pton(AF_INET, host, &address.pointee.sin_addr)
        length = MemoryLayout<sockaddr_in>.size
      case .ipv6(let host, let port):
        let address = raw.bindMemory(to: sockaddr_in6.self, capacity: 1)
        address.pointee.sin6_family = sa_family_t(AF_INET6)
        address.pointee.sin6_port = port.bigEndian
        inet_pton(AF_INET6, host, &address.pointee.sin6_addr)
        length = MemoryLayout<sockaddr_in6>.size
      case .unix(let path):
        let address = raw.bindMemory(to: sockaddr_un.self, capacity: 1)
        address.pointee.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8.prefix(Self.longestPath)) + [0]
        (raw + MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!).copyMemory(
          from: bytes, byteCount: bytes.count)
        length = MemoryLayout<sockaddr_un>.size
      }
      return body(raw.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
    }
  }

  /// Reads what `getsockname`, `accept` or `getaddrinfo` filled in.
  init(_ pointer: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(pointer)
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    func string() -> String { text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } }
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET:
      var address = raw.loadUnaligned(as: sockaddr_in.self)
      inet_ntop(AF_INET, &address.sin_addr, &text, socklen_t(text.count))
      kind = .ipv4(host: string(), port: UInt16(bigEndian: address.sin_port))
    case AF_INET6:
      var address = raw.loadUnaligned(as: sockaddr_in6.self)
      inet_ntop(AF_INET6, &address.sin6_addr, &text, socklen_t(text.count))
      kind = .ipv6(host: string(), port: UInt16(bigEndian: address.sin6_port))
    default:
      let path = raw + MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
      kind = .unix(path: String(cString: path.assumingMemoryBound(to: CChar.self)))
    }
  }
}
