import CairnAPI
import EventLoop
import GRPC
import Postgres

extension Journal {
  /// An exact point of the project: every write at or below it is committed, everything above begins later.
  ///
  /// Takes the project's lock for itself, first and alone (two that held it shared and wanted it exclusively
  /// would wait for each other), and reads the position in the next statement; one round trip. New writes
  /// wait behind it, so it gives up after a moment, lets them pass and tries again.
  /// - Parameter deadline: When to give up; ABORTED / CONTENTION then.
  package func point(_ project: ProjectID, until deadline: Instant, on loop: EventLoop) async throws(RPCError)
    -> Int64
  {
    var pause = Duration.milliseconds(5)
    while true {
      do throws(PostgresError) {
        return try await exactPosition(of: project)
      } catch {
        guard error.isLockTimeout, Instant.now + pause < deadline else { throw RPCError(error) }
      }
      do throws(CancellationError) { try await loop.sleep(for: pause) } catch {
        throw RPCError(.cancelled, .callCancelled, "the call was cancelled")
      }
      pause = min(pause * 2, .milliseconds(500))
    }
  }

  private func exactPosition(of project: ProjectID) async throws(PostgresError) -> Int64 {
    let options = TransactionOptions(
      isRepeatable: true, lockTimeout: configuration.pointLockTimeout, group: WriteGroup(project.text))
    return try await pool.transaction(options) { tx throws(PostgresError) in
      let results = try await tx.commit([
        JournalQueries.lockProjectExclusive.bind([AdvisoryLockClass.project.rawValue, project.lockKey]),
        JournalQueries.lastPosition.bind([]),
      ])
      return try results[1].only().decode(0)
    }
  }
}
