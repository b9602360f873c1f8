import EventLoop

/// The projects that a loop has seen in the database, so that a call need not ask for its project each time.
/// Projects are not deleted. Confined to its loop.
final class KnownProjects: @unchecked Sendable {
  private let loop: EventLoop
  private var known: Set<ProjectID> = [.default]
  /// Ids are the callers' choice of existing projects only, so this bounds memory, not correctness.
  private static let limit = 100_000

  init(loop: EventLoop) { self.loop = loop }

  func contains(_ project: ProjectID) -> Bool {
    loop.assertOnLoop()
    return known.contains(project)
  }

  func insert(_ project: ProjectID) {
    loop.assertOnLoop()
    if known.count >= Self.limit { known = [.default] }
    known.insert(project)
  }
}
