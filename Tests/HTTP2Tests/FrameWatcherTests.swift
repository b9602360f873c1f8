import EventLoop
import Testing

@testable import HTTP2

@Suite struct FrameWatcherTests {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
  static let endStream: UInt8 = 1
  static let (data, headers, reset, ping, window): (UInt8, UInt8, UInt8, UInt8, UInt8) = (0, 1, 3, 6, 8)

  static func frame(_ type: UInt8, _ id: UInt32, flags: UInt8 = 0, length: Int = 1) -> [UInt8] {
    [UInt8(length >> 16 & 0xff), UInt8(length >> 8 & 0xff), UInt8(length & 0xff), type, flags]
      + withUnsafeBytes(of: id.bigEndian) { Array($0) } + [UInt8](repeating: 0xff, count: length)
  }

  typealias Case = (name: String, frames: [[UInt8]], errorCode: UInt32?)

  static let cases: [Case] = [
    ("streams in order", [frame(headers, 1), frame(headers, 3), frame(headers, 5)], nil),
    ("streams with gaps", [frame(headers, 7), frame(headers, 501), frame(headers, 9_999)], nil),
    ("a stream smaller than the first", [frame(headers, 5), frame(headers, 3)], 1),
    ("a stream that was skipped", [frame(headers, 1), frame(headers, 9), frame(headers, 7)], 1),
    ("a stream 63 behind", [frame(headers, 127), frame(headers, 1)], 1),
    ("a stream too old to know", [frame(headers, 129), frame(headers, 1)], nil),
    ("the largest id", [frame(headers, 0x7fff_ffff), frame(headers, 0x7fff_fffd)], 1),
    ("the reserved bit is not part of the id", [frame(headers, 0x8000_0001), frame(headers, 3)], nil),
    (
      "trailers",
      [frame(headers, 1), frame(headers, 3), frame(data, 1), frame(headers, 1, flags: endStream)], nil
    ),
    ("headers after the end", [frame(headers, 1, flags: endStream), frame(headers, 1)], 5),
    ("data after the end", [frame(headers, 1), frame(data, 1, flags: endStream), frame(data, 1)], 5),
    ("data after trailers", [frame(headers, 1), frame(headers, 1, flags: endStream), frame(data, 1)], 5),
    ("data after a reset", [frame(headers, 1), frame(reset, 1), frame(data, 1)], 5),
    ("window updates after the end", [frame(headers, 1, flags: endStream), frame(window, 1)], nil),
    (
      "data after the end of a stream that others follow",
      [frame(headers, 1, flags: endStream), frame(headers, 3), frame(headers, 5), frame(data, 1)], 5
    ),
    ("data on stream 0, and on an idle one, is nghttp2's to refuse", [frame(data, 0), frame(data, 1)], nil),
    (
      "even ids are nghttp2's to refuse",
      [frame(headers, 5, flags: endStream), frame(headers, 4), frame(data, 4)], nil
    ),
    ("a large payload", [frame(headers, 1), frame(data, 1, length: 70_000), frame(headers, 3)], nil),
    ("four PINGs", Array(repeating: frame(ping, 0), count: 4), nil),
    ("five PINGs", Array(repeating: frame(ping, 0), count: 5), 11),
    (
      "five empty DATA frames", [frame(headers, 1)] + Array(repeating: frame(data, 1, length: 0), count: 5),
      11
    ),
    ("five resets", (0..<5).flatMap { [frame(headers, $0 * 2 + 1), frame(reset, $0 * 2 + 1)] }, 11),
    (
      "an empty DATA frame that ends a stream carries something",
      (0..<9).flatMap { [frame(headers, $0 * 2 + 1), frame(data, $0 * 2 + 1, flags: endStream, length: 0)] },
      nil
    ),
  ]

  /// What is objected to when the bytes come in pieces of `size`, and where.
  static func judge(_ bytes: [UInt8], piecesOf size: Int) -> (errorCode: UInt32, offset: Int)? {
    let now = Instant(nanoseconds: 1_000_000_000)
    var watcher = FrameWatcher(flood: FloodGuard(burst: 4, perSecond: 1, at: now))
    for start in stride(from: 0, to: bytes.count, by: size) {
      let objection = bytes.withUnsafeBytes {
        watcher.receive(UnsafeRawBufferPointer(rebasing: $0[start..<min(start + size, $0.count)]), at: now)
      }
      if let objection { return (objection.errorCode, start + objection.offset) }
    }
    return nil
  }

  @Test("what a client may not send is seen, however it is cut", arguments: cases.indices)
  func watch(_ index: Int) {
    let (name, frames, errorCode) = Self.cases[index]
    let bytes = Self.preface + frames.flatMap { $0 }
    for size in [bytes.count, 1, 2, 7, 8, 9, 10, 24, 33, 4096] {
      #expect(Self.judge(bytes, piecesOf: size)?.errorCode == errorCode, "\(name), in pieces of \(size)")
    }
  }

  @Test("nghttp2 gets everything before the frame that is objected to, and nothing of it")
  func offset() {
    let good = Self.preface + Self.frame(Self.headers, 5) + Self.frame(Self.data, 5, length: 100)
    let bytes = good + Self.frame(Self.headers, 3) + Self.frame(Self.headers, 7)
    #expect(Self.judge(bytes, piecesOf: bytes.count)?.offset == good.count)
  }

  @Test(arguments: [true, false])
  func `A proxy may pass on what its clients give up, a rapid reset ends`(haveWorked: Bool) {
    let now = Instant(nanoseconds: 1_000_000_000)
    var bytes: [UInt8] = Self.preface
    for number: UInt32 in 0..<500 {
      bytes += Self.frame(Self.headers, number * 2 + 1)
      bytes += Self.frame(Self.reset, number * 2 + 1)
    }
    var watcher = FrameWatcher(flood: FloodGuard(burst: 4, perSecond: 1, at: now))
    let objection = bytes.withUnsafeBytes { watcher.receive($0, at: now) { _ in haveWorked } }
    #expect(objection?.breach == (haveWorked ? nil : .flood))
  }

  @Test("frames of answers earn PINGs")
  func answers() {
    let now = Instant(nanoseconds: 1_000_000_000)
    var watcher = FrameWatcher(flood: FloodGuard(burst: 4, perSecond: 1, at: now))
    var bytes = Self.preface
    for _ in 0..<100 {
      bytes += Self.frame(Self.ping, 0)
      #expect(bytes.withUnsafeBytes { watcher.receive($0, at: now) } == nil)
      watcher.answered()
      bytes = []
    }
  }
}
