import Wire

/// A place inside metadata: the keys that lead there, outermost first.
///
/// Written as in an update mask (AIP-161) after `metadata.`: keys joined by dots, those with other characters
/// than letters, digits, `_` and `-` in backticks.
package struct MetadataPath: Hashable {
  package let keys: [TextKey]

  package init(keys: [TextKey]) { self.keys = keys }

  /// Parses what follows `metadata.`; nil when it is no path, or longer than metadata can be.
  package init?(_ text: Substring) {
    guard text.utf8.count <= Limits.metadataBytes else { return nil }
    var keys: [TextKey] = []
    var rest = text.unicodeScalars
    while true {
      guard let key = Self.takeKey(from: &rest), keys.count < Limits.metadataDepth else { return nil }
      keys.append(TextKey(key))
      if rest.isEmpty { break }
      guard rest.popFirst() == ".", !rest.isEmpty else { return nil }
    }
    self.keys = keys
  }

  /// The places that this one lies in, outermost first.
  package var parents: [MetadataPath] {
    keys.indices.dropFirst().map { MetadataPath(keys: Array(keys[..<$0])) }
  }

  /// Whether a key can stand in a path as it is.
  package static func isPlain(_ key: String) -> Bool {
    !key.isEmpty && key.unicodeScalars.allSatisfy(\.isPlain)
  }

  private static func takeKey(from rest: inout Substring.UnicodeScalarView) -> String? {
    if rest.first == "`" {
      let body = rest.dropFirst()
      guard let end = body.firstIndex(of: "`") else { return nil }
      rest = body[body.index(after: end)...]
      return String(body[..<end])
    }
    let key = rest.prefix(while: \.isPlain)
    rest = rest[key.endIndex...]
    return key.isEmpty ? nil : String(key)
  }
}

extension Unicode.Scalar {
  /// Letters, digits, `_` and `-`, and what belongs to a letter, such as an accent of its own.
  fileprivate var isPlain: Bool {
    if isASCII {
      return value == 0x5f || value == 0x2d || properties.isAlphabetic || (0x30...0x39).contains(value)
    }
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: return true
    default: return properties.isAlphabetic || properties.numericType != nil
    }
  }
}
