extension Violations {
  /// The number of rows to read for a `page_size`.
  package mutating func pageSize(_ size: Int32) -> Int {
    if size < 0 { add("page_size", "must not be negative") }
    return size <= 0 ? Limits.defaultPageSize : min(Int(size), Limits.largestPageSize)
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
