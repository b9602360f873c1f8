import CZlib

/// Compresses to gzip (RFC 1952), whole messages, one after the other.
///
/// Holds zlib's quarter of a megabyte from one message to the next. Not for two threads at once.
package final class GzipDeflater: @unchecked Sendable {
  private let stream: UnsafeMutablePointer<z_stream>

  /// - Parameter level: 1 is fastest, 9 smallest. Default 6, zlib's own.
  package init(level: Int32 = 6) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    precondition(cairn_gzip_deflate_init(stream, level) == Z_OK, "zlib has no memory")
  }

  deinit {
    deflateEnd(stream)
    stream.deallocate()
  }

  /// The compressed form of `bytes`, behind `front` bytes for the caller to fill; nil when it would not
  /// be smaller than `bytes`.
  package func deflate(_ bytes: UnsafeRawBufferPointer, front: Int) -> [UInt8]? {
    guard bytes.count > 1, bytes.count <= Int(UInt32.max) else { return nil }
    deflateReset(stream)
    stream.pointee.next_in = UnsafeMutablePointer(
      mutating: bytes.baseAddress!.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(bytes.count)
    var isWhole = false
    let output = [UInt8](unsafeUninitializedCapacity: front + bytes.count - 1) { output, count in
      output[..<front].initialize(repeating: 0)
      stream.pointee.next_out = output.baseAddress! + front
      stream.pointee.avail_out = UInt32(output.count - front)
      isWhole = CZlib.deflate(stream, Z_FINISH) == Z_STREAM_END
      count = output.count - Int(stream.pointee.avail_out)
    }
    guard isWhole else { return nil }
    // A queued answer must not hold the memory of what it was before.
    return output.count * 2 < output.capacity ? output.withUnsafeBytes { Array($0) } : output
  }
}
