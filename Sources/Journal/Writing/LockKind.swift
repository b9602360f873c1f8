/// What a write locks rows of. Every write takes its locks in the order of this list, so that no two writes wait for
/// each other in a ring; within a kind in the order of keys. Written down here and nowhere else.
package struct LockKind: Hashable, Comparable, Sendable {
  package let name: String
  private let rank: Int

  package init(_ name: String, rank: Int) {
    self.name = name
    self.rank = rank
  }

  /// Twins of a named request.
  package static let request = LockKind("request", rank: 10)
  /// The lease under which a write is made.
  package static let lease = LockKind("lease", rank: 20)
  /// How far a project's history is pruned.
  package static let horizon = LockKind("horizon", rank: 25)
  package static let project = LockKind("project", rank: 30)
  /// How far an import has come.
  package static let transfer = LockKind("import", rank: 40)
  package static let context = LockKind("context", rank: 50)
  package static let relationship = LockKind("relationship", rank: 60)
  package static let template = LockKind("template", rank: 70)
  /// A recording of a session.
  package static let recording = LockKind("recording", rank: 75)
  /// The head of a session's log. Last, because many wait for it.
  package static let session = LockKind("session", rank: 80)

  package static func < (left: LockKind, right: LockKind) -> Bool { left.rank < right.rank }
}
