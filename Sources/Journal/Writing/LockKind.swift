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
  /// Who gives out a project's tasks, and whoever changes to whom they may be given.
  package static let dispatch = LockKind("dispatch", rank: 15)
  /// The lease under which a write is made, and leases that it ends.
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
  package static let schedule = LockKind("schedule", rank: 76)
  package static let task = LockKind("task", rank: 77)
  package static let agent = LockKind("agent", rank: 78)
  package static let handoff = LockKind("handoff", rank: 79)
  /// The head of a session's log. Last, because many wait for it.
  package static let session = LockKind("session", rank: 80)

  package static func < (left: LockKind, right: LockKind) -> Bool { left.rank < right.rank }
}
