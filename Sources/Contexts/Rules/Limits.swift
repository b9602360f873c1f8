import Requests

/// Bounds of what a request about contexts may hold.
extension Limits {
  /// Bytes of `content` and `data` together.
  static let payloadBytes = 1_048_576
  static let watchedIDs = 1_000
  /// Types in a filter. More than there are kinds of, few enough to keep statements small.
  static let filterTypes = 32
  static let filterStatuses = 8
  /// Bytes of content and data after which a watcher looks up no more changes: this, and one context more, is
  /// what a reader that does not read makes the server hold.
  static let imageBytes = 256 << 10
}
