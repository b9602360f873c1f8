/// Names a project, on the wire and as the first column of every key.
///
/// 1 to 63 characters: lower-case letters, digits, `-`, `_` and `.`, the first a letter or a digit. It never
/// changes, so it needs no second, internal id: keys stay readable and no call has to translate names.
package struct ProjectID: Hashable, Sendable, CustomStringConvertible {
  package let text: String

  /// The project of calls that name none. Always exists.
  package static let `default` = ProjectID(unchecked: "default")

  /// Nil when the text is not a project's id.
  package init?(_ text: String) {
    guard Self.isValid(text.utf8) else { return nil }
    self.text = text
  }

  /// Whether text with these bytes is a project's id.
  static func isValid(_ bytes: some Collection<UInt8>) -> Bool {
    guard (1...63).contains(bytes.count), let first = bytes.first, isAlphanumeric(first) else { return false }
    return bytes.allSatisfy { isAlphanumeric($0) || "-_.".utf8.contains($0) }
  }

  /// What a project's id is, for error messages.
  package static let rule = "1 to 63 of a-z, 0-9, '-', '_' and '.', the first a letter or digit"

  /// For text that the database holds already.
  package init(unchecked text: String) { self.text = text }

  package var description: String { text }

  /// What advisory locks of the project are keyed with. Two projects with the same hash only wait for each
  /// other now and then. FNV-1a, because it must be the same in every process.
  package var lockKey: Int32 {
    var hash: UInt32 = 0x811c_9dc5
    for byte in text.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    return Int32(bitPattern: hash)
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: false
    }
  }
}
