import Wire

extension Violations {
  /// At most `limit` entries, each checked by itself under its own path. Of too many none is looked at.
  package mutating func entries<Entry>(
    _ entries: [Entry], at field: String, atMost limit: Int,
    check: (inout Violations, _ path: String, Entry) -> Void = { _, _, _ in }
  ) {
    if entries.count > limit {
      return add("must have at most \(limit) entries, not \(entries.count)", at: field)
    }
    for (index, entry) in entries.enumerated() { check(&self, "\(field)[\(index)]", entry) }
  }

  /// At most `limit` identifiers (``identifier(_:at:atMost:)``).
  package mutating func identifiers(_ ids: [String], at field: String, atMost limit: Int) {
    entries(ids, at: field, atMost: limit) { $0.identifier($2, at: $1) }
  }

  /// Why a value of an enum is none of those meant.
  package mutating func unknown(_ path: String, number: Int32) {
    add(number == 0 ? "must be specified" : "has an unknown value, \(number)", at: path)
  }
}

extension Violations {
  /// ``entries(_:at:atMost:check:)`` of a filter, of which any one will do; nil for none, which means all.
  ///
  /// - Parameters:
  ///   - limit: How many there may be.
  ///   - check: What is wrong with one of them: called with the violations, its field and itself.
  package mutating func anyOf<Element: Hashable>(
    _ elements: [Element], at field: String, atMost limit: Int,
    check: (inout Violations, String, Element) -> Void
  ) -> Set<Element>? {
    entries(elements, at: field, atMost: limit, check: check)
    return elements.isEmpty || elements.count > limit ? nil : Set(elements)
  }

  /// ``identifiers(_:at:atMost:)`` of a filter; nil for none, which means all.
  package mutating func anyOf(
    identifiers texts: [String], at field: String, atMost limit: Int
  ) -> Set<TextKey>? {
    anyOf(texts.map { TextKey($0) }, at: field, atMost: limit) { $0.identifier($2.text, at: $1) }
  }
}
