import Journal
import Postgres

/// The lock of a project under which its tasks are given out. Whoever assigns a task holds it, and whoever changes to whom tasks
/// may be given: who registers, unregisters, changes state or dies, and what queues and policies say. So the one who holds it can
/// count, and no limit is exceeded. Submissions, completions, failures and beats do without.
enum DispatchLock {
  static let all: [any CheckedStatement] = [statement]

  /// - Parameter looks: Run behind the lock, in this order; the results follow that of the lock itself.
  static func lock(_ project: ProjectID, _ looks: [BoundStatement] = []) -> WriteLock {
    WriteLock(.dispatch, rows: [project.text], [statement.bind(project)] + looks)
  }

  private static let statement = Query<ProjectID, NoColumns>(
    "lock_dispatch", PackageResources.lock_dispatch_sql,
    [
      .init("class") { _ in AdvisoryLockClass.dispatch.rawValue },
      .init("key") { $0.lockKey },
    ])
}
