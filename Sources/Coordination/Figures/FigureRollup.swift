import EventLoop
import GRPC
import Journal
import Postgres

/// Sums up what happened with the tasks of all projects, on one server at a time.
///
/// No answer depends on it: who reads figures adds what is missing first. It keeps that little, and sees events before they are
/// pruned, and tasks before they are deleted.
final class FigureRollup: Sendable {
  private let duty: Duty

  /// - Parameter loop: Where it works.
  init(_ figures: FigureStore, of store: CoordinationStore, on loop: EventLoop) {
    let (journal, warn) = (store.journal, store.configuration.warn)
    duty = Duty("coordination.figures", journal: journal, on: loop, every: store.configuration.rollupInterval)
    {
      duty in
      do throws(RPCError) { try await figures.rollUpAll(on: loop, while: duty.mayGoOn) } catch {
        warn("summing up tasks failed and will be tried again: \(error.message)")
      }
    }
  }

  func start() { duty.start() }

  /// Ends after the transaction under way. Before the pool is closed.
  func stop() async { await duty.stop() }
}

extension FigureStore {
  /// One round over all projects, in short transactions.
  fileprivate func rollUpAll(
    on loop: EventLoop, while mayGoOn: () async -> Bool
  ) async throws(RPCError) {
    let settled = journal.status.settled
    for project in try await projects() {
      guard await mayGoOn() else { return }
      do throws(RPCError) { try await journal.require(project, on: loop) } catch {
        // Its rows are going.
        if error.code == .notFound { continue }
        throw error
      }
      try await rollUp(project, through: settled, while: mayGoOn)
    }
  }
}
