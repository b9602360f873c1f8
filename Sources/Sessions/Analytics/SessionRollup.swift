import EventLoop
import GRPC
import Journal
import Postgres

/// Sums up what was appended to the logs of all projects, and lets go of figures that are old, on one server at a time.
///
/// No answer depends on it: who reads figures adds what is missing first. It keeps that little, and sees events before they are
/// pruned.
package final class SessionRollup: Sendable {
  private let adding, purging: Duty

  /// How often figures are looked at that may be too old.
  private static let purgeInterval: Duration = .seconds(3_600)

  /// - Parameter loop: Where it works.
  package init(_ sessions: SessionServices, on loop: EventLoop) {
    let store = sessions.analytics
    let configuration = store.sessions.configuration
    let journal = store.sessions.journal
    adding = Duty("sessions.rollup", journal: journal, on: loop, every: configuration.rollupInterval) {
      duty in
      do throws(RPCError) { try await store.rollUpAll(on: loop, while: duty.mayGoOn) } catch {
        configuration.warn("summing up sessions failed and will be tried again: \(error.message)")
      }
    }
    purging = Duty("sessions.figures", journal: journal, on: loop, every: Self.purgeInterval) { duty in
      do throws(RPCError) {
        try await store.purgeAll(olderThan: configuration.figuresRetention, while: duty.mayGoOn)
      } catch {
        configuration.warn(
          "removing old figures of sessions failed and will be tried again: \(error.message)")
      }
    }
  }

  package func start() {
    adding.start()
    purging.start()
  }

  /// Ends after the transactions under way. Before the pool is closed.
  package func stop() async {
    await adding.stop()
    await purging.stop()
  }
}

extension AnalyticsStore {
  /// One round over all projects, in short transactions.
  fileprivate func rollUpAll(
    on loop: EventLoop, while mayGoOn: () async -> Bool
  ) async throws(RPCError) {
    let settled = sessions.journal.status.settled
    for project in try await rollups.projects() {
      guard await mayGoOn() else { return }
      do throws(RPCError) { try await sessions.journal.require(project, on: loop) } catch {
        // Its rows are going.
        if error.code == .notFound { continue }
        throw error
      }
      _ = try await rollups.rollUp(project, through: settled, while: mayGoOn)
    }
  }

  /// - Parameter age: Zero: nothing is ever too old.
  fileprivate func purgeAll(
    olderThan age: Duration, while mayGoOn: () async -> Bool
  ) async throws(RPCError) {
    guard let age = SessionTTL(age).microseconds else { return }
    let before = PostgresTimestamp(microseconds: PostgresTimestamp.now.microseconds - age)
    for project in try await rollups.projects() {
      guard await mayGoOn() else { return }
      _ = try await purge(before: before, in: project, while: mayGoOn)
    }
  }
}
