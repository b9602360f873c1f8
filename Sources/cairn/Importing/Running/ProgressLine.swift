import EventLoop
import Glibc

/// How far a transfer is, on standard error: a bar that is drawn again and again on a terminal, elsewhere a
/// line every few seconds.
struct ProgressLine {
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let isQuiet: Bool
  private let begun = Instant.now
  private var drawn: Instant?
  private var isOpen = false

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  /// - Parameters:
  ///   - count: Contexts so far, of which the rate is shown.
  ///   - text: The same in words.
  ///   - fraction: How much of the whole that is, where it is known.
  mutating func show(_ count: Int64, text: String, fraction: Double?) {
    let pause: Duration = isTerminal ? .milliseconds(100) : .seconds(5)
    guard !isQuiet, isDue(after: pause) else { return }
    drawn = .now
    let line = "\(text)\(rate(count))"
    if isTerminal {
      isOpen = true
      Output.error("\r\u{1B}[K\(Self.bar(fraction))\(line)")
    } else {
      Output.complain([Self.percent(fraction) + line])
    }
  }

  private func isDue(after pause: Duration) -> Bool {
    guard let last = drawn ?? (isTerminal ? nil : begun) else { return true }
    return Instant.now - last >= pause
  }

  /// Removes the bar, so that something else can be written.
  mutating func clear() {
    if isOpen { Output.error("\r\u{1B}[K") }
    isOpen = false
  }

  /// ` in 2.5 s, 4000/s`
  func rate(_ count: Int64) -> String {
    let seconds = max(
      0.001,
      Double((Instant.now - begun).components.seconds)
        + Double((Instant.now - begun).components.attoseconds) / 1e18)
    let tenths = Int64((seconds * 10).rounded())
    return " in \(tenths / 10).\(tenths % 10) s, \(Int64(Double(count) / seconds))/s"
  }

  /// `[=====>    ]  55 %  `
  static func bar(_ fraction: Double?) -> String {
    guard let fraction else { return "" }
    let width = 24
    let full = Int(max(0, min(1, fraction)) * Double(width))
    let head = full < width ? ">" : ""
    let empty = String(repeating: " ", count: max(0, width - full - head.count))
    return "[\(String(repeating: "=", count: full))\(head)\(empty)] \(percent(fraction))"
  }

  private static func percent(_ fraction: Double?) -> String {
    guard let fraction else { return "" }
    let number = String(Int(max(0, min(1, fraction)) * 100))
    return String(repeating: " ", count: 3 - number.count) + number + " %  "
  }
}
