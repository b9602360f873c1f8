import CLinux
import Glibc

/// Socket calls that listeners and connectors share.
package enum Socket {
  static func set(_ option: Int32, level: Int32, to value: Int32, on descriptor: Int32) {
    var value = value
    setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Sends small writes at once; a flush is one write already. Does nothing on unix sockets.
  static func setNoDelay(_ descriptor: Int32) {
    set(TCP_NODELAY, level: Int32(IPPROTO_TCP), to: 1, on: descriptor)
  }

  /// What a connected or listening socket is bound to.
  package static func localAddress(of descriptor: Int32) -> SocketAddress {
    address(of: descriptor, from: getsockname)
  }

  static func address(
    of descriptor: Int32,
    from call: (Int32, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32
  ) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &storage) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = call(descriptor, address, &length)
        return SocketAddress(address)
      }
    }
  }

  /// Connects without blocking. The descriptor returned is connected and owned by the caller.
  /// Call on `loop`.
  package static func connect(to address: SocketAddress, on loop: EventLoop) async throws(SocketError)
    -> Int32
  {
    loop.assertOnLoop()
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let descriptor = socket(address.family, type, 0)
    guard descriptor >= 0 else { throw SocketError(address, "cannot make a socket", code: errno) }
    setNoDelay(descriptor)
    var code: Int32 = address.withSockaddr { Glibc.connect(descriptor, $0, $1) } == 0 ? 0 : errno
    if code == EINPROGRESS {
      let attempt = ConnectAttempt()
      code = await attempt.result(of: descriptor, on: loop)
    }
    guard code == 0 else {
      close(descriptor)
      throw SocketError(address, "cannot connect", code: code)
    }
    return descriptor
  }
}

/// Waits for a connect under way. Confined to its loop.
private final class ConnectAttempt: DescriptorHandler {
  private var continuation: UnsafeContinuation<Void, Never>?

  func result(of descriptor: Int32, on loop: EventLoop) async -> Int32 {
    let registration = loop.register(descriptor, for: .write, handler: self)
    let confined = Confined(self, to: loop)
    await withTaskCancellationHandler {
      await withUnsafeContinuation { continuation in
        self.continuation = continuation
        if Task.isCancelled { finish() }
      }
    } onCancel: {
      confined.execute { $0.finish() }
    }
    registration.cancel()
    if Task.isCancelled { return ECANCELED }
    var code: Int32 = 0
    var length = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length)
    return code
  }

  func descriptorReady(_ events: DescriptorEvents) { finish() }

  private func finish() {
    continuation?.resume()
    continuation = nil
  }
}
