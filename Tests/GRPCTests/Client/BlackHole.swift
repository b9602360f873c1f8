import Glibc

@testable import EventLoop

/// A socket of the loopback that never answers who connects to it: it listens, and its queue is full.
final class BlackHole {
  let address: SocketAddress
  private var descriptors: [Int32] = []

  init() throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    descriptors = [listener]
    let wanted = SocketAddress(.ipv4(host: "127.0.0.1", port: 0))
    guard wanted.withSockaddr({ bind(listener, $0, $1) }) == 0, listen(listener, 0) == 0 else {
      throw SocketError(address: wanted.description, problem: "cannot listen", code: errno)
    }
    address = Socket.localAddress(of: listener)
    // A few fit. Then the system does not answer any more.
    for _ in 0..<8 {
      let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
      descriptors.append(client)
      _ = address.withSockaddr { connect(client, $0, $1) }
    }
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
