import EventLoop
import Glibc

/// What carries a connection's bytes: a connected, non-blocking socket, with or without TLS on it. A plain
/// one reads and writes the loop's shared buffers directly. Confined to the loop; until it is used there it has one owner,
/// who hands it on.
package struct ByteTransport: @unchecked Sendable {
  let descriptor: Int32
  let tls: TLSSession?

  /// A plain socket.
  package init(descriptor: Int32) { self.init(descriptor: descriptor, tls: nil) }

  init(descriptor: Int32, tls: TLSSession?) {
    self.descriptor = descriptor
    self.tls = tls
  }

  /// The peer by its verified certificate.
  var peerIdentity: PeerIdentity? { tls?.peerIdentity }

  /// As `read(2)`.
  @inline(__always)
  func read(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    if let tls { return tls.read(buffer) }
    return Glibc.read(descriptor, buffer.baseAddress!, buffer.count)
  }

  /// Whether there may be more after a read of `count` bytes, for which the loop would not call again.
  @inline(__always)
  func hasMore(afterReading count: Int, of capacity: Int) -> Bool {
    if let tls { return tls.hasPending }
    return count == capacity
  }

  /// As `write(2)`.
  @inline(__always)
  func write(_ bytes: UnsafeRawPointer, count: Int) -> Int {
    if let tls { return tls.write(bytes, count: count) }
    return Glibc.write(descriptor, bytes, count)
  }

  /// Closes it when the peer has heard what was written, which has its time for that.
  func close(on loop: EventLoop, _ buffers: TransportBuffers) {
    tls?.sayGoodbye()
    ClosingSocket.close(descriptor, on: loop, buffers: buffers)
  }

  package func close() {
    tls?.sayGoodbye()
    Glibc.close(descriptor)
  }
}
