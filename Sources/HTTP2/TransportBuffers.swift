/// The read and the write buffer that all connections of one loop share: only one of them reads or
/// writes at a time, so an idle connection holds none. Confined to the loop.
package final class TransportBuffers {
  static let readSize = 64 << 10
  static let writeSize = 256 << 10
  /// Length, type, flags and stream of a frame (RFC 9113 §4.1).
  static let frameHeaderSize = 9

  let input = GuardedBytes.allocate(byteCount: readSize)
  private let output = GuardedBytes.allocate(byteCount: writeSize)
  private var outputCount = 0
  /// Sockets that wait for their peers to close.
  var closingCount = 0
  /// What is held for all peers of the loop.
  var shared = SharedBytes()
  /// A frame had to wait because the write buffer was full.
  var isFull = false

  package init() {}

  deinit {
    GuardedBytes.deallocate(input)
    GuardedBytes.deallocate(output)
  }

  /// What waits to be written to the socket.
  var pending: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: output[..<outputCount]) }

  private var room: Int { output.count - outputCount }

  /// Takes all of `bytes`, or nothing when they do not fit.
  func append(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= room, let start = bytes.baseAddress else { return bytes.isEmpty }
    (output.baseAddress! + outputCount).copyMemory(from: start, byteCount: bytes.count)
    outputCount += bytes.count
    return true
  }

  /// Takes a DATA frame: its header of nine bytes, and the next `length` bytes of `body`. Takes nothing, and
  /// remembers that, when it does not fit.
  func append(header: UnsafePointer<UInt8>, _ body: inout OutboundBody, length: Int) -> Bool {
    isFull = length > room - Self.frameHeaderSize
    guard !isFull else { return false }
    let start = output.baseAddress! + outputCount
    start.copyMemory(from: header, byteCount: Self.frameHeaderSize)
    body.move(length, to: start + Self.frameHeaderSize)
    outputCount += Self.frameHeaderSize + length
    return true
  }

  /// Forgets what is pending.
  func clear() { outputCount = 0 }
}
