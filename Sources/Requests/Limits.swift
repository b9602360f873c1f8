/// Bounds that requests of every domain share; a domain adds its own in an extension. The protos document the
/// same figures on their fields.
package enum Limits {
  /// Characters (Unicode code points) of an id, an owner, a session or a request id.
  package static let idLength = 128
  /// Characters of a title.
  package static let titleLength = 1_024
  /// Characters of a media type.
  package static let mediaTypeLength = 255
  package static let tagCount = 64
  /// Characters of a tag.
  package static let tagLength = 128
  /// Bytes of metadata as JSON text.
  package static let metadataBytes = 65_536
  /// Objects and lists inside each other, the metadata itself included.
  package static let metadataDepth = 32
  package static let batchItems = 1_000
  /// Kinds of change, or of resource, that a watch can be for.
  package static let watchedKinds = 16
  package static let watchedIDs = 1_000
  package static let defaultPageSize = 50
  package static let largestPageSize = 1_000
  /// Bytes of a page token or resume token: more than those of the longest keys have.
  package static let pageTokenBytes = 8_192
  /// Bytes of an answer before it ends early: stock clients refuse messages above 4 MiB, and the estimate of
  /// a message's size need not be exact.
  package static let answerBytes = 3_000_000
  /// Bytes of the wrong fields that an error lists; the rest is only counted. Errors travel in HTTP headers,
  /// of which stock clients take 8 KiB in all.
  package static let listedViolationBytes = 3_000
  /// The same for one item of a batch, of which an answer may hold a thousand.
  package static let listedItemViolationBytes = 1_000
  /// Bytes of texts that may be worked on without leaving the loop: a quarter of a microsecond for each.
  package static let quickBytes = 4_096
}
