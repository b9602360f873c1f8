import EventLoop
import HTTP2
import Synchronization

/// A gRPC server over HTTP/2: cleartext with prior knowledge, or TLS, listener by listener.
///
/// Connections are spread over the loops of a group; a call stays on its connection's loop from its
/// first byte to its last.
package final class GRPCServer: Sendable {
  /// Tells it apart from all others of the process.
  package let number = EntityNumber.next()
  let parts: [ServerLoop]
  private let listeners = Mutex<[(listener: Listener, loop: EventLoop, number: Int64)]>([])

  /// - Parameters:
  ///   - interceptors: Around every call, the first one outermost.
  ///   - blocking: Where large messages are compressed and inflated.
  package init(
    services: [any RPCService], interceptors: [any ServerInterceptor] = [],
    configuration: ServerConfiguration = .init(), group: EventLoopGroup,
    blocking: BlockingPool = BlockingPool(threads: 2)
  ) {
    let table = HandlerTable(services.flatMap(\.handlers))
    let chain = InterceptorChain(interceptors)
    let http2 = configuration.connection(loops: group.loops.count)
    parts = group.loops.map {
      ServerLoop(
        loop: $0, table: table, interceptors: chain, configuration: configuration, blocking: blocking,
        http2: http2, loops: group.loops.count)
    }
  }

  /// Listens on `address` and returns what was bound, with the port the system chose for port 0.
  ///
  /// - Parameter tls: Certificates that secure the connections; without them they are in plaintext.
  @discardableResult
  package func listen(
    _ address: SocketAddress, tls: TLSServerCredentials? = nil
  ) async throws(SocketError) -> SocketAddress {
    let loop = parts[0].loop
    let listener = try await loop.run { [self] () async throws(SocketError) -> Listener in
      let listener = try Listener(address, on: loop) { [self] in place($0, peer: $1, tls: tls) }
      listener.start()
      return listener
    }
    listeners.withLock { $0.append((listener, loop, EntityNumber.next())) }
    return listener.address
  }

  /// Where it listens.
  var listenerAddresses: [(number: Int64, address: SocketAddress)] {
    listeners.withLock { $0.map { ($0.number, $0.listener.address) } }
  }

  /// Connections open now.
  package var connectionCount: Int {
    parts.reduce(0) { $0 + $1.connectionCount.load(ordering: .relaxed) }
  }

  /// Hands a new connection to the loop with the fewest.
  private func place(_ descriptor: Int32, peer: SocketAddress, tls: TLSServerCredentials?) {
    let configuration = parts[0].configuration
    guard connectionCount < configuration.maxConnections else {
      ByteTransport(descriptor: descriptor).close()
      configuration.onConnectionRefused?(peer)
      return
    }
    var best = parts[0]
    var fewest = best.connectionCount.load(ordering: .relaxed)
    for part in parts.dropFirst() {
      let count = part.connectionCount.load(ordering: .relaxed)
      if count < fewest { (best, fewest) = (part, count) }
    }
    best.connectionCount.add(1, ordering: .relaxed)
    if best.loop.isOnLoop {
      best.adopt(descriptor, peer: peer, tls: tls)
    } else {
      let chosen = best
      chosen.loop.execute { chosen.adopt(descriptor, peer: peer, tls: tls) }
    }
  }

  /// Stops accepting, asks clients to leave, waits for the calls in flight, at most `limit`, and
  /// closes what is left.
  ///
  /// - Returns: How many calls had to be cut off.
  @discardableResult
  package func drain(within limit: Duration) async -> Int {
    for (listener, loop, _) in listeners.withLock({ $0 }) { await loop.run { () async in listener.stop() } }
    var cut = 0
    await withTaskGroup(of: Int.self) { group in
      for part in parts { group.addTask { await Self.drain(part, within: limit) } }
      for await count in group { cut += count }
    }
    return cut
  }

  private static func drain(_ part: ServerLoop, within limit: Duration) async -> Int {
    await part.loop.run { () async -> Int in
      let timer = ClosureTimer { part.cutOff() }
      part.loop.schedule(timer, after: limit)
      part.startDrain()
      await part.waitUntilEmpty()
      part.loop.cancel(timer)
      return part.cutOffCount
    }
  }

  /// Closes what is left without waiting: a ``drain(within:)`` under way ends at once.
  package func cutOff() {
    for part in parts { part.loop.execute { part.cutOff() } }
  }
}
