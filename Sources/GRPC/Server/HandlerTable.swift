import Glibc

/// Finds a call's handler by the bytes of its path. Open addressing over a hash of the bytes: no
/// string is made for a call.
final class HandlerTable: Sendable {
  let handlers: [RPCHandler]
  private let paths: [[UInt8]]
  private let buckets: [Int32]

  init(_ handlers: [RPCHandler]) {
    self.handlers = handlers
    paths = handlers.map { Array($0.path.utf8) }
    var size = 16
    while size < handlers.count * 4 { size *= 2 }
    var buckets = [Int32](repeating: -1, count: size)
    for (index, path) in paths.enumerated() {
      var bucket = path.withUnsafeBufferPointer { Self.hash($0) } & (size - 1)
      while buckets[bucket] >= 0 {
        precondition(paths[Int(buckets[bucket])] != path, "two handlers for \(handlers[index].path)")
        bucket = (bucket + 1) & (size - 1)
      }
      buckets[bucket] = Int32(index)
    }
    self.buckets = buckets
  }

  func index(of path: UnsafeBufferPointer<UInt8>) -> Int? {
    var bucket = Self.hash(path) & (buckets.count - 1)
    while buckets[bucket] >= 0 {
      let index = Int(buckets[bucket])
      if Self.equal(paths[index], path) { return index }
      bucket = (bucket + 1) & (buckets.count - 1)
    }
    return nil
  }

  /// Whether a handler belongs to the service of that full name. For errors: it looks at all of them.
  func knows(service: Substring) -> Bool {
    handlers.contains { $0.path.dropFirst().split(separator: "/").first == service }
  }

  private static func equal(_ known: [UInt8], _ path: UnsafeBufferPointer<UInt8>) -> Bool {
    known.withUnsafeBufferPointer { known in
      known.count == path.count && memcmp(known.baseAddress!, path.baseAddress!, known.count) == 0
    }
  }

  /// FNV-1a, over the last bytes only: paths differ in their method.
  private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for index in max(0, bytes.count - 16)..<bytes.count {
      hash = (hash ^ UInt64(bytes[index])) &* 0x100_0000_01b3
    }
    return Int(truncatingIfNeeded: hash ^ (hash >> 32))
  }
}
