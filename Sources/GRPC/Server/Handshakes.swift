import HTTP2

/// The TLS handshakes of one loop that are under way, or have failed and not closed their socket yet.
///
/// A client that begins a handshake and does not go on costs a descriptor and some ten KiB until the timeout. So the
/// number is limited: above the limit the oldest handshake is given up, because a real client is done within a few
/// round trips.
struct Handshakes {
  private let limit: Int
  private var byNumber: [Int: TLSHandshake] = [:]
  private var numbers: [ObjectIdentifier: Int] = [:]
  private var oldest = 0
  private var next = 0

  init(limit: Int) { self.limit = limit }

  var count: Int { byNumber.count }
  var all: [TLSHandshake] { Array(byNumber.values) }

  /// Adds one.
  ///
  /// Returns the one that has to go for it; it is left to the caller to cancel, which removes it.
  mutating func add(_ handshake: TLSHandshake) -> TLSHandshake? {
    byNumber[next] = handshake
    numbers[ObjectIdentifier(handshake)] = next
    next += 1
    guard count > limit else { return nil }
    while byNumber[oldest] == nil { oldest += 1 }
    return byNumber[oldest]
  }

  mutating func remove(_ handshake: TLSHandshake) {
    guard let number = numbers.removeValue(forKey: ObjectIdentifier(handshake)) else { return }
    byNumber[number] = nil
  }
}
