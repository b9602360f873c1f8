extension Violations {
  /// The number of rows to read for a `page_size`.
  package mutating func pageSize(
    _ size: Int32, orElse standard: Int = Limits.defaultPageSize, atMost largest: Int = Limits.largestPageSize
  ) -> Int {
    limit("page_size", size, orElse: standard, atMost: largest)
  }

  /// A limit that a caller asks for (AIP-158): 0 stands for `standard`, more than `largest` is cut to it, a negative
  /// number is wrong.
  package mutating func limit(
    _ field: String, _ value: Int32, orElse standard: Int, atMost largest: Int
  ) -> Int {
    if value < 0 { add(field, "must not be negative") }
    return value <= 0 ? standard : min(Int(value), largest)
  }

  /// The row that a page follows; nil for the first page.
  package mutating func pageToken(_ text: String, _ seal: PageSeal) -> PageToken? {
    if text.isEmpty { return nil }
    let token = PageToken(text, for: seal)
    if token == nil {
      add("page_token", "is not one that a list with this filter and order gave", .pageTokenInvalid)
    }
    return token
  }
}
