import CNghttp2
import EventLoop

/// Looks at the headers of the frames that a client sends, ahead of nghttp2, for what nghttp2 lets pass:
/// stream ids that go backwards, frames on streams that are over, and floods. Pure; copies nothing.
struct FrameWatcher {
  /// What a client may not do.
  enum Breach: Equatable {
    case endedStream, skippedStream, flood

    var errorCode: UInt32 {
      switch self {
      case .endedStream: HTTP2ErrorCode.streamClosed
      case .skippedStream: HTTP2ErrorCode.protocolError
      case .flood: HTTP2ErrorCode.enhanceYourCalm
      }
    }

    /// For people who look for the cause.
    var reason: String {
      switch self {
      case .endedStream: "a frame on a stream that had ended"
      case .skippedStream: "a stream was opened below one that was opened before"
      case .flood: "too many resets, pings or other frames that carry nothing (flood-burst, flood-rate)"
      }
    }
  }

  /// Why the connection must end, and how many of the bytes came before the frame that broke it.
  struct Objection: Equatable {
    let breach: Breach
    let offset: Int

    var errorCode: UInt32 { breach.errorCode }
  }

  private static let prefaceLength = 24
  private static let headerLength = 9
  private static let endStream: UInt8 = 0x1

  private var streams = RecentStreams()
  private(set) var flood: FloodGuard
  /// Bytes to pass over: the preface first, then payloads.
  private var toSkip = Self.prefaceLength
  /// A header whose bytes came apart: how many there are, and the first eight of them.
  private var partialCount = 0
  private var partial: UInt64 = 0

  init(flood: FloodGuard) { self.flood = flood }

  /// A frame of an answer was sent.
  mutating func answered() { flood.earn() }

  /// A stream was reset for what its peer did.
  ///
  /// Returns whether the peer has done that too often.
  mutating func hasResetTooMany(at now: Instant) -> Bool { !flood.spend(at: now) }

  /// Nil when nghttp2 may have all of `bytes`, which follow those given before.
  ///
  /// - Parameter hasWorked: Whether a stream was worked on before these bytes came: its reset makes no more work than
  ///   its call.
  mutating func receive(
    _ bytes: UnsafeRawBufferPointer, at now: Instant, hasWorked: (UInt32) -> Bool = { _ in false }
  ) -> Objection? {
    var offset = 0
    while true {
      let step = min(toSkip, bytes.count - offset)
      toSkip -= step
      offset += step
      guard offset < bytes.count else { return nil }
      let start = offset
      let high: UInt64
      if partialCount == 0, bytes.count - offset >= Self.headerLength {
        high = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset += Self.headerLength
      } else {
        guard completeHeader(from: bytes, at: &offset) else { return nil }
        high = partial
        partialCount = 0
      }
      toSkip = Int(high >> 40)
      let id = UInt32(truncatingIfNeeded: high << 8) & 0x7fff_ffff | UInt32(bytes[offset - 1])
      if let breach = judge(high, id: id, at: now, hasWorked: hasWorked) {
        return Objection(breach: breach, offset: start)
      }
    }
  }

  /// Gathers a header byte by byte; false while it is not whole.
  private mutating func completeHeader(from bytes: UnsafeRawBufferPointer, at offset: inout Int) -> Bool {
    while partialCount < Self.headerLength {
      guard offset < bytes.count else { return false }
      if partialCount < 8 { partial = partial << 8 | UInt64(bytes[offset]) }
      partialCount += 1
      offset += 1
    }
    return true
  }

  /// - Parameter header: Length, type, flags, and the first three bytes of the stream's id.
  private mutating func judge(
    _ header: UInt64, id: UInt32, at now: Instant, hasWorked: (UInt32) -> Bool
  ) -> Breach? {
    let type = UInt32(truncatingIfNeeded: header >> 32) & 0xff
    let endsStream = UInt8(truncatingIfNeeded: header >> 24) & Self.endStream != 0
    switch type {
    case NGHTTP2_DATA.rawValue:
      if streams.state(of: id) == .ended { return .endedStream }
      if endsStream { streams.end(id) } else if header >> 40 == 0 { return count(now) }
      return nil
    case NGHTTP2_HEADERS.rawValue: return headers(id, endsStream: endsStream)
    case NGHTTP2_WINDOW_UPDATE.rawValue: return nil
    case NGHTTP2_RST_STREAM.rawValue:
      streams.end(id)
      return hasWorked(id) ? nil : count(now)
    default: return count(now)
    }
  }

  private mutating func headers(_ id: UInt32, endsStream: Bool) -> Breach? {
    // nghttp2 refuses a client's even ids.
    guard id & 1 == 1 else { return nil }
    switch streams.state(of: id) {
    case .new: streams.open(id)
    case .skipped: return .skippedStream
    case .ended: return .endedStream
    case .open, .forgotten: break
    }
    if endsStream { streams.end(id) }
    return nil
  }

  private mutating func count(_ now: Instant) -> Breach? { flood.spend(at: now) ? nil : .flood }
}
