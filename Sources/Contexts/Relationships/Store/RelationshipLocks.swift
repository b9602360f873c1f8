import Journal
import Postgres

/// The locks under which relationships are written: a write that looks whether a relationship exists and then stores it
/// must be the only one. They are separate from the row locks of contexts, which writes of those contexts take.
struct RelationshipLocks {
  private let keys: [RelationshipKey]
  private let project: ProjectID
  private let containing: Bool

  /// A write takes at most so many, however many relationships it has. More than writers of a project at a
  /// time, so that few wait for others without need.
  private static let stripes: UInt32 = 256

  /// - Parameter containing: Whether one of them says that a context contains another: those of a project are
  ///   written one after the other, because a loop has many writers.
  init(_ keys: [RelationshipKey], _ project: ProjectID, containing: Bool) {
    self.keys = keys
    self.project = project
    self.containing = containing
  }

  /// Those that storing these takes.
  init(_ drafts: [RelationshipDraft], _ project: ProjectID) {
    self.init(drafts.map(\.key), project, containing: drafts.contains { $0.key.kind == .contains })
  }

  /// Takes them all, in the same order as everybody.
  var statement: BoundStatement {
    RelationshipQueries.lock.bind(all)
  }

  /// What their writers queue for.
  var rows: [String] { all.map { "\($0.lockClass) \($0.key)" } }

  typealias Lock = (lockClass: AdvisoryLockClass, key: Int32)

  private var all: [Lock] {
    let containment = containing ? [project.lockKey] : []
    return containment.map { (.containment, $0) }
      + Set(keys.map { stripe(of: $0.source) }).sorted().map { (.relationships, $0) }
  }

  private func stripe(of id: String) -> Int32 {
    var hash = UInt32(bitPattern: project.lockKey)
    for byte in id.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
    // The project's own bits stay, so that projects rarely share a stripe.
    return Int32(bitPattern: UInt32(bitPattern: project.lockKey) & ~(Self.stripes - 1) | hash % Self.stripes)
  }
}
