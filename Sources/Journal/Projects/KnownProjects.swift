import EventLoop

/// The projects that a loop has seen in the database, so that a call need not ask for its project each time. Forgets
/// those that are deleted. Confined to its loop.
final class KnownProjects: @unchecked Sendable {
  let loop: EventLoop
  private var known: Set<ProjectID> = [.default]
  /// Counts deletions: what was read before one may be out of date.
  private(set) var generation = 0
  /// Ids are the callers' choice of existing projects only, so this bounds memory, not correctness.
  private static let limit = 100_000

  init(loop: EventLoop) { self.loop = loop }

  func contains(_ project: ProjectID) -> Bool {
    loop.assertOnLoop()
    return known.contains(project)
  }

  /// Notes that a project is there.
  ///
  /// - Parameter generation: The one in which that was asked; it counts for nothing after a deletion.
  func insert(_ project: ProjectID, seenIn generation: Int) {
    loop.assertOnLoop()
    guard generation == self.generation else { return }
    if known.count >= Self.limit { known = [.default] }
    known.insert(project)
  }

  func forgetAll() {
    loop.assertOnLoop()
    generation += 1
    known = [.default]
  }

  func forget(_ projects: [ProjectID]) {
    loop.assertOnLoop()
    generation += 1
    known.subtract(projects)
  }
}
