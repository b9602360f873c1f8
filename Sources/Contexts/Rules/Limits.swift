/// Bounds of what a request may hold. The protos document the same figures on their fields.
enum Limits {
  /// Characters (Unicode code points) of an id, an owner, a session or a request id.
  static let idLength = 128
  /// Characters of a title.
  static let titleLength = 1_024
  /// Bytes of `content` and `data` together.
  static let payloadBytes = 1_048_576
  /// Characters of a media type.
  static let mediaTypeLength = 255
  static let tagCount = 64
  static let tagLength = 128
  /// Bytes of metadata as JSON text.
  static let metadataBytes = 65_536
  /// Objects and lists inside each other, the metadata itself included.
  static let metadataDepth = 32
  static let batchItems = 1_000
  static let watchedIDs = 1_000
  static let defaultPageSize = 50
  static let largestPageSize = 1_000
  /// Types in a filter. More than there are kinds of, few enough to keep statements small.
  static let filterTypes = 32
  static let filterStatuses = 8
  /// Bytes of an answer before it ends early: stock clients refuse messages above 4 MiB, and the estimate of
  /// a message's size need not be exact.
  static let answerBytes = 3_000_000
  /// Bytes of content and data after which a watcher looks up no more changes: this, and one context more, is
  /// what a reader that does not read makes the server hold.
  static let imageBytes = 256 << 10
  /// Bytes of the wrong fields that an error lists; the rest is only counted. Errors travel in HTTP headers,
  /// of which stock clients take 8 KiB in all.
  static let listedViolationBytes = 3_000
  /// The same for one item of a batch, of which an answer may hold a thousand.
  static let listedItemViolationBytes = 1_000
}
