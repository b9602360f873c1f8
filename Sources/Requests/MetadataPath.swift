/// A place inside metadata: the keys that lead there, outermost first.
///
/// Written as in an update mask (AIP-161) after `metadata.`: keys joined by dots, those with other characters
/// than letters, digits, `_` and `-` in backticks.
package struct MetadataPath: Hashable {
  package let keys: [String]

  package init(keys: [String]) { self.keys = keys }

  /// Parses what follows `metadata.`; nil when it is no path.
  package init?(_ text: Substring) {
    var keys: [String] = []
    var rest = text
    while true {
      guard let key = Self.takeKey(from: &rest), keys.count < Limits.metadataDepth else { return nil }
      keys.append(key)
      if rest.isEmpty { break }
      guard rest.first == ".", rest.count > 1 else { return nil }
      rest.removeFirst()
    }
    self.keys = keys
  }

  /// Whether `other` lies at this place or below it.
  package func contains(_ other: MetadataPath) -> Bool { other.keys.starts(with: keys) }

  private static func takeKey(from rest: inout Substring) -> String? {
    if rest.first == "`" {
      let body = rest.dropFirst()
      guard let end = body.firstIndex(of: "`") else { return nil }
      rest = body[body.index(after: end)...]
      return String(body[..<end])
    }
    let key = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }
    rest = rest[key.endIndex...]
    return key.isEmpty ? nil : String(key)
  }
}
