import Wire

extension Violations {
  /// At most `limit` entries, each checked by itself under its own path. Of too many none is looked at.
  package mutating func entries<Entry>(
    _ field: String, _ entries: [Entry], atMost limit: Int,
    _ check: (inout Violations, _ path: String, Entry) -> Void = { _, _, _ in }
  ) {
    if entries.count > limit {
      return add(field, "must have at most \(limit) entries, not \(entries.count)")
    }
    for (index, entry) in entries.enumerated() { check(&self, "\(field)[\(index)]", entry) }
  }

  /// At most `limit` identifiers (``identifier(_:_:)``).
  package mutating func identifiers(_ field: String, _ ids: [String], atMost limit: Int) {
    entries(field, ids, atMost: limit) { $0.identifier($1, $2) }
  }

  /// Why a value of an enum is none of those meant.
  package mutating func unknown(_ path: String, number: Int32) {
    add(path, number == 0 ? "must be specified" : "has an unknown value, \(number)")
  }
}

extension Violations {
  /// ``entries(_:_:atMost:_:)`` of a filter, of which any one will do; nil for none, which means all.
  ///
  /// - Parameters:
  ///   - limit: How many there may be.
  ///   - check: What is wrong with one of them: called with the violations, its field and itself.
  package mutating func anyOf<Element: Hashable>(
    _ field: String, _ elements: [Element], atMost limit: Int,
    _ check: (inout Violations, String, Element) -> Void
  ) -> Set<Element>? {
    entries(field, elements, atMost: limit, check)
    return elements.isEmpty || elements.count > limit ? nil : Set(elements)
  }

  /// ``identifiers(_:_:atMost:)`` of a filter; nil for none, which means all.
  package mutating func anyOf(
    identifiers field: String, _ texts: [String], atMost limit: Int
  ) -> Set<TextKey>? {
    anyOf(field, texts.map { TextKey($0) }, atMost: limit) { $0.identifier($1, $2.text) }
  }
}
