/// The newest 64 streams that a client could have opened: which it did open, and on which it has said
/// its last word. Pure.
///
/// nghttp2 forgets a stream when it closes, and then cannot tell a stream that was skipped (RFC 9113
/// §5.1.1) from one that is over; it ignores frames on both. Here are two bits a stream. Frames on
/// streams older than these are left to nghttp2.
struct RecentStreams {
  enum State: Equatable { case new, skipped, open, ended, forgotten }

  private(set) var last: UInt32 = .max
  // Bit 0 is the stream `last`, bit 1 the one before it.
  private var opened: UInt64 = 0
  private var ended: UInt64 = 0

  /// The state of a stream; nothing is known of even ids, which are not a client's.
  func state(of id: UInt32) -> State {
    guard id & 1 == 1 else { return .forgotten }
    let distance = self.distance(to: id)
    if distance < 0 { return .new }
    if distance > 63 { return .forgotten }
    let bit: UInt64 = 1 << UInt64(distance)
    if opened & bit == 0 { return .skipped }
    return ended & bit == 0 ? .open : .ended
  }

  /// How many streams `id` lies before the last one; negative when it lies after it.
  private func distance(to id: UInt32) -> Int {
    last == .max ? -Int(id / 2 + 1) : (Int(last) - Int(id)) / 2
  }

  /// Opens a stream whose state is `new`.
  mutating func open(_ id: UInt32) {
    let ahead = UInt64(-distance(to: id))
    opened = ahead > 63 ? 1 : opened << ahead | 1
    ended = ahead > 63 ? 0 : ended << ahead
    last = id
  }

  /// The client has ended or reset its side of `id`.
  mutating func end(_ id: UInt32) {
    guard id & 1 == 1, last != .max else { return }
    let distance = self.distance(to: id)
    if distance >= 0, distance <= 63 { ended |= 1 << UInt64(distance) }
  }
}
