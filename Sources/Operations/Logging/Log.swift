import Glibc

/// How much is written.
package enum LogLevel: String, CaseIterable, Sendable, Comparable {
  case error, warning, info, debug

  private var rank: Int { Self.allCases.firstIndex(of: self)! }
  package static func < (left: LogLevel, right: LogLevel) -> Bool { left.rank < right.rank }
}

/// Writes lines to standard error: time in UTC, level, text. One write a line, so that lines of
/// several threads do not mix.
package struct Log: Sendable {
  package let level: LogLevel

  package init(level: LogLevel) { self.level = level }

  package func error(_ text: @autoclosure () -> String) { write(.error, text: text) }
  package func warning(_ text: @autoclosure () -> String) { write(.warning, text: text) }
  package func info(_ text: @autoclosure () -> String) { write(.info, text: text) }
  package func debug(_ text: @autoclosure () -> String) { write(.debug, text: text) }

  private func write(_ level: LogLevel, text: () -> String) {
    guard level <= self.level else { return }
    let line = "\(Self.time()) \(level.rawValue) \(Self.oneLine(text()))\n"
    _ = line.utf8.withContiguousStorageIfAvailable { Glibc.write(2, $0.baseAddress, $0.count) }
  }

  /// Most bytes of a line.
  static let limit = 4_096

  /// What came from outside must not make a line of its own, nor a long one.
  static func oneLine(_ text: String) -> String {
    guard text.utf8.count <= limit else {
      return oneLine(String(decoding: text.utf8.prefix(limit - 8), as: UTF8.self) + "…")
    }
    guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
    return String(text.map { $0.isNewline || $0.asciiValue.map { $0 < 0x20 } == true ? " " : $0 })
  }

  /// `2026-03-01T12:00:00.123Z`
  private static func time() -> String {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    var parts = tm()
    gmtime_r(&now.tv_sec, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    strftime(&buffer, buffer.count, "%Y-%m-%dT%H:%M:%S", &parts)
    let millis = String(1000 + now.tv_nsec / 1_000_000).dropFirst()
    return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) } + ".\(millis)Z"
  }
}
