import CLinux
import Glibc

/// A listening socket. One per address, without SO_REUSEPORT: a second server on the same port is
/// refused instead of sharing it unnoticed.
///
/// Confined to the loop it was started on.
package final class Listener: DescriptorHandler, @unchecked Sendable {
  /// The address that was really bound: port 0 has become the one the system chose.
  package let address: SocketAddress
  private let descriptor: Int32
  private let file: UnixSocketFile?
  private let loop: EventLoop
  private var registration: Registration?
  private lazy var retry = ClosureTimer { [unowned self] in registration?.update(.read) }
  private let accepted: (Int32, SocketAddress) -> Void

  /// Connections taken per turn, so that a burst of them cannot hold up the calls under way.
  private static let acceptsPerTurn = 64
  private static let backlog: Int32 = 1024

  /// Binds and listens at once; connections are accepted after ``start()``.
  ///
  /// - Parameter accepted: Gets each new non-blocking descriptor, and owns it.
  package init(
    _ wanted: SocketAddress, on loop: EventLoop,
    accepted: @escaping (Int32, SocketAddress) -> Void
  ) throws(SocketError) {
    (descriptor, file) = try Self.listen(wanted)
    self.loop = loop
    self.accepted = accepted
    address = Self.boundAddress(descriptor)
  }

  private static func listen(_ address: SocketAddress) throws(SocketError) -> (Int32, UnixSocketFile?) {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw SocketError(address, "cannot make a socket", code: errno) }
    if case .unix(let path) = address.kind {
      do throws(SocketError) {
        return (
          descriptor, try UnixSocketFile.listen(descriptor, path: path, address: address, backlog: backlog)
        )
      } catch {
        close(descriptor)
        throw error
      }
    }
    Socket.set(SO_REUSEADDR, level: SOL_SOCKET, to: 1, on: descriptor)
    if address.family == AF_INET6 {
      Socket.set(IPV6_V6ONLY, level: Int32(IPPROTO_IPV6), to: 1, on: descriptor)
    }
    let bound = address.withSockaddr { Glibc.bind(descriptor, $0, $1) }
    guard bound == 0, Glibc.listen(descriptor, backlog) == 0 else {
      let code = errno
      close(descriptor)
      throw SocketError(address, "cannot listen", code: code)
    }
    return (descriptor, nil)
  }

  private static func boundAddress(_ descriptor: Int32) -> SocketAddress {
    Socket.address(of: descriptor, from: getsockname)
  }

  package func start() {
    loop.assertOnLoop()
    registration = loop.register(descriptor, for: .read, handler: self)
  }

  /// Stops accepting and closes the socket; a unix socket's file goes.
  package func stop() {
    loop.assertOnLoop()
    guard let registration else { return }
    registration.cancel()
    self.registration = nil
    loop.cancel(retry)
    file?.remove()
    close(descriptor)
  }

  package func descriptorReady(_ events: DescriptorEvents) {
    for _ in 0..<Self.acceptsPerTurn {
      let peer = accept4(descriptor, nil, nil, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
      if peer >= 0 {
        Socket.setNoDelay(peer)
        accepted(peer, Socket.address(of: peer, from: getpeername))
        continue
      }
      switch errno {
      case EINTR, ECONNABORTED: continue
      case EMFILE, ENFILE, ENOBUFS, ENOMEM:
        // Level-triggered: without a pause this would spin until a descriptor is given back.
        registration?.update([])
        loop.schedule(retry, after: .milliseconds(100))
        return
      default: return
      }
    }
  }
}
