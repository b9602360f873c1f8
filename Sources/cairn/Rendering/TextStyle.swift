import Glibc

/// Colours for readers whose terminal shows them.
struct TextStyle: Equatable, Sendable {
  /// Numbers of ANSI's "select graphic rendition".
  enum Colour: Int, Sendable {
    case bold = 1
    case faint = 2
    case red = 31
    case green = 32
    case yellow = 33
    case cyan = 36
  }

  static let plain = TextStyle(isColoured: false)

  let isColoured: Bool

  /// Whether an output gets colours: a terminal does unless NO_COLOR is set (no-color.org) or it says that it has none.
  static func fits(isTerminal: Bool, environment: [String: String]) -> TextStyle {
    let isUnwanted = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
    return TextStyle(isColoured: isTerminal && !isUnwanted && environment["TERM"] != "dumb")
  }

  static func ofStandardOutput(_ environment: [String: String]) -> TextStyle {
    fits(isTerminal: isatty(STDOUT_FILENO) == 1, environment: environment)
  }

  /// - Parameter text: Made fit for a terminal before.
  func paint(_ text: String, _ colour: Colour?) -> String {
    guard isColoured, let colour, !text.isEmpty else { return text }
    return "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m"
  }
}
