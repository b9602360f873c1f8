import CZlib
import Glibc

/// Takes gzip (RFC 1952) apart again, whole messages, within a limit.
///
/// Holds zlib's 40 KB from one message to the next. Not for two threads at once.
package final class GzipInflater: @unchecked Sendable {
  package enum Failure: Error, Equatable {
    /// The message is larger than the limit; nothing above it was inflated.
    case tooLarge
    /// Not gzip, cut off, damaged, or followed by something else.
    case malformed
  }

  private let stream: UnsafeMutablePointer<z_stream>

  package init() {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    precondition(cairn_gzip_inflate_init(stream) == Z_OK, "zlib has no memory")
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  /// What `bytes` claim to hold, by their last four bytes. A hint only: any number can stand there.
  package static func claimedSize(_ bytes: [UInt8]) -> Int {
    guard bytes.count >= 18 else { return 0 }
    return bytes.suffix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
  }

  /// Bytes that came out of the last message, also when it was refused.
  package var inflatedCount: Int { Int(stream.pointee.total_out) }

  /// - Parameter limit: The most bytes that come out; a bomb is stopped there, while it inflates.
  package func inflate(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    guard !bytes.isEmpty, bytes.count <= Int(UInt32.max) else { throw .malformed }
    inflateReset(stream)
    // One byte above the limit tells a message that just fits from one that does not.
    let bound = limit + 1
    var output = UnsafeMutableRawBufferPointer(
      start: malloc(min(bound, max(1024, Self.claimedSize(bytes) + 1))), count: 0)
    var capacity = min(bound, max(1024, Self.claimedSize(bytes) + 1))
    defer { free(output.baseAddress) }
    let result = bytes.withUnsafeBufferPointer { input in
      stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress!)
      stream.pointee.avail_in = UInt32(input.count)
      while true {
        let room = min(capacity - output.count, Int(UInt32.max))
        stream.pointee.next_out = output.baseAddress!.assumingMemoryBound(to: UInt8.self) + output.count
        stream.pointee.avail_out = UInt32(room)
        let result = CZlib.inflate(stream, Z_NO_FLUSH)
        let count = output.count + room - Int(stream.pointee.avail_out)
        output = UnsafeMutableRawBufferPointer(start: output.baseAddress, count: count)
        guard result == Z_OK, stream.pointee.avail_out == 0, capacity < bound else { return result }
        capacity = min(bound, capacity * 2)
        output = UnsafeMutableRawBufferPointer(
          start: realloc(output.baseAddress, capacity), count: count)
      }
    }
    guard output.count <= limit else { throw .tooLarge }
    guard result == Z_STREAM_END, stream.pointee.avail_in == 0 else { throw .malformed }
    return [UInt8](output)
  }
}
