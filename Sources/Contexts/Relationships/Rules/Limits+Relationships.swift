import Requests

/// Bounds of relationships and of walks along them.
extension Limits {
  /// Bytes of a relationship's metadata as JSON text: a page holds a thousand of them.
  static let relationshipMetadataBytes = 4_096
  /// Contexts that a walk starts from.
  static let walkStarts = 100
  /// Steps of a walk or a path.
  static let walkDepth = 32
  /// Contexts that a walk sends.
  static let walkHits = 10_000
  /// Bytes of hits in one message. One alone may be larger.
  static let hitBytes = 256 << 10
  static let paths = 1_000
  /// Relationships that a walk or a search for paths looks at: what they hold in memory.
  static let walkRelationships = 100_000
  /// Steps that a search for paths tries, and those it tries before it lets other calls go on.
  static let pathSteps = 1_000_000
  static let pathStepsAtOnce = 10_000
  /// Relationships above the contexts of a write that says what contains them.
  static let containers = 100_000
}
