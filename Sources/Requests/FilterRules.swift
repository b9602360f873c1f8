import Wire

extension Violations {
  /// The elements of a filter, of which any one will do; nil for none, which means all.
  ///
  /// - Parameters:
  ///   - limit: How many there may be.
  ///   - check: What is wrong with one of them: called with the violations, its field and itself.
  package mutating func anyOf<Element: Hashable>(
    _ field: String, _ elements: [Element], atMost limit: Int,
    _ check: (inout Violations, String, Element) -> Void
  ) -> Set<Element>? {
    if elements.count > limit {
      add(field, "must have at most \(limit) entries, not \(elements.count)")
      return nil
    }
    for (index, element) in elements.enumerated() { check(&self, "\(field)[\(index)]", element) }
    return elements.isEmpty ? nil : Set(elements)
  }

  /// The ids or names of a filter; nil for none, which means all.
  package mutating func anyOf(
    identifiers field: String, _ texts: [String], atMost limit: Int
  ) -> Set<TextKey>? {
    anyOf(field, texts.map { TextKey($0) }, atMost: limit) { $0.identifier($1, $2.text) }
  }
}
