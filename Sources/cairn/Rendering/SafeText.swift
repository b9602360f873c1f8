/// Texts that come from others, made fit for a terminal.
enum SafeText {
  /// More combining marks than this on one letter are left out: they would cover the lines around.
  private static let mostMarks = 8

  /// The text on one line. What a terminal could take for a command, what breaks a line and what turns the direction of
  /// letters is written out: `\n`, `\u{1B}`.
  static func line(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    var marks = 0
    for scalar in text.unicodeScalars {
      marks = isMark(scalar) ? marks + 1 : 0
      if marks > mostMarks { continue }
      switch scalar {
      case "\n": line.append(contentsOf: "\\n".unicodeScalars)
      case "\t": line.append(contentsOf: "\\t".unicodeScalars)
      case "\r": line.append(contentsOf: "\\r".unicodeScalars)
      default:
        if isHarmless(scalar) {
          line.append(scalar)
        } else {
          let number = String(scalar.value, radix: 16, uppercase: true)
          line.append(contentsOf: "\\u{\(number)}".unicodeScalars)
        }
      }
    }
    return String(line)
  }

  /// The same, cut to so many columns; `…` stands for what is missing.
  static func line(_ text: String, columns limit: Int) -> String {
    var kept = ""
    var used = 0
    // A character makes at most a dozen of them, so that more than this is never shown.
    for character in line(String(text.unicodeScalars.prefix(16 * limit + 16))) {
      let width = columns(of: character)
      if used + width > limit {
        while used > limit - 1, let last = kept.popLast() { used -= columns(of: last) }
        return kept + "…"
      }
      kept.append(character)
      used += width
    }
    return kept
  }

  /// Texts with commas between them, as many as have room in so many columns, and how many more there are. The first is
  /// always shown.
  static func list(_ texts: [String], columns limit: Int) -> String {
    var shown = ""
    for (index, text) in texts.enumerated() {
      let next = (index == 0 ? "" : ", ") + line(text, columns: limit)
      if index > 0, columns(of: shown + next) > limit { return "\(shown) +\(texts.count - index)" }
      shown += next
    }
    return shown
  }

  /// How many columns of a terminal a text takes.
  static func columns(of text: String) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

  private static func columns(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    if scalars.contains("\u{FE0F}") { return 2 }
    guard let first = scalars.first?.value else { return 0 }
    return wide.contains { $0.contains(first) } ? 2 : 1
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: true
    default: isJoiner(scalar)
    }
  }

  private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\u{200C}" || scalar == "\u{200D}"
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: false
    case .format: isJoiner(scalar)
    default: true
    }
  }

  /// East Asian letters and pictures.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1FAFF,
    0x20000...0x3FFFD,
  ]
}
