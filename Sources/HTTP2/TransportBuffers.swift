/// The read and the write buffer that all connections of one loop share: only one of them reads or
/// writes at a time, so an idle connection holds none. Confined to the loop.
package final class TransportBuffers: @unchecked Sendable {
  static let readSize = 64 << 10
  static let writeSize = 256 << 10
  /// Room kept free for one more frame before nghttp2 is asked for it.
  static let frameRoom = 32 << 10

  let input = UnsafeMutableRawBufferPointer.allocate(byteCount: readSize, alignment: 16)
  let output = UnsafeMutableRawBufferPointer.allocate(byteCount: writeSize, alignment: 16)
  var outputCount = 0
  /// Sockets that wait for their peers to close.
  var closingCount = 0
  /// What is held for all peers of the loop.
  var shared = SharedBytes()
  /// A frame had to wait because the write buffer was full.
  var isFull = false

  package init() {}

  deinit {
    input.deallocate()
    output.deallocate()
  }

  /// Whether `count` more bytes fit; remembers when they do not.
  func hasRoom(for count: Int) -> Bool {
    isFull = outputCount + count > output.count
    return !isFull
  }

  func append(_ bytes: UnsafePointer<UInt8>, _ count: Int) {
    (output.baseAddress! + outputCount).copyMemory(from: bytes, byteCount: count)
    outputCount += count
  }
}
