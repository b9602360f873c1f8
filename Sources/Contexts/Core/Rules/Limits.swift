import Requests

/// Bounds of what a request about contexts may hold.
extension Limits {
  /// Bytes of `content` and `data` together.
  static let payloadBytes = 1_048_576
  /// Types in a filter. More than there are kinds of, few enough to keep statements small.
  static let filterTypes = 32
  static let filterStatuses = 8
  /// Bytes of content and data after which a watcher looks up no more changes: this, and one context more, is
  /// what a reader that does not read makes the server hold.
  static let imageBytes = 256 << 10
  /// Bytes of the records in a message of an export. A context alone may be larger.
  static let transferBytes = 1 << 20
  /// Bytes of lines in a message of an export. A line of JSON may be six times as long as the text in it, and stock
  /// clients take messages of up to 4 MiB.
  static let linesBytes = 3 << 20
  /// Bytes of records that are stored in one write of an import, and that it holds while it writes.
  static let importBytes = 4 << 20
  /// Contexts of which former versions are stored and their own record has not come. An export has a thousand
  /// at most.
  static let unfinishedImports = 10_000
  /// The highest number of a version: nobody writes so often.
  static let importedVersion: Int64 = 1_000_000_000_000
  /// Seconds that a cut import is remembered.
  static let importLifetime: Int64 = 30 * 86_400
}

/// Bounds of a search.
extension Limits {
  /// Characters of a query.
  static let queryLength = 1_024
  /// Words, phrases and prefixes of a query.
  static let queryTerms = 64
  static let defaultSearchPage = 20
  /// Of every hit on a page the highlights are made anew: half a millisecond each.
  static let largestSearchPage = 100
  /// Values of a facet.
  static let facetValues = 100
}
