import EventLoop
import GRPC
import Journal
import Postgres

/// Deletes what has expired and purges what was deleted long enough ago, on one server at a time.
///
/// Readers do not depend on the sweep: they compare the times themselves. The sweep records expiry and purging in the
/// journal, where watchers see them, and frees the space.
package final class ContextSweep: Sendable {
  private let store: LifetimeStore
  private let duty: Duty

  /// - Parameter loop: Where it works.
  package init(_ contexts: ContextServices, on loop: EventLoop) {
    let store = contexts.stores.lifetime
    self.store = store
    duty = Duty(
      "contexts.sweep", journal: store.journal, on: loop, every: store.configuration.sweepInterval
    ) { duty in
      do throws(RPCError) {
        try await store.sweep(while: duty.keep)
      } catch {
        store.configuration.warn("the sweep of contexts failed and will be tried again: \(error.message)")
      }
    }
  }

  package func start() { duty.start() }

  /// Ends after the batch under way. Before the pool is closed.
  package func stop() async { await duty.stop() }
}

extension LifetimeStore {
  /// One round over all projects, in short transactions.
  ///
  /// - Parameter mayGoOn: Asked before each batch.
  func sweep(while mayGoOn: () async -> Bool) async throws(RPCError) {
    // Nobody's expiry waits for words that cannot be made.
    do throws(RPCError) { try await contexts.words.finishLeft(while: mayGoOn) } catch {
      configuration.warn("the words of some texts are made later: \(error)")
    }
    if await mayGoOn() { try await analyze() }
    for project in try await projects(LifetimeQueries.projectsWithExpired) {
      var expired = 0
      while await mayGoOn() {
        let ids = try await idsToExpire(in: project)
        if ids.isEmpty { break }
        expired += try await expire(ids, in: project)
      }
      if expired > 0 { configuration.note("\(expired) contexts of project \(project) have expired") }
    }
    for project in try await projects(LifetimeQueries.projectsWithPurges) {
      var purged = 0
      while await mayGoOn() {
        let ids = try await idsToPurge(in: project)
        if ids.isEmpty { break }
        purged += try await purge(ids, in: project, while: mayGoOn)
      }
      if purged > 0 { configuration.note("\(purged) contexts of project \(project) were purged") }
    }
  }

  /// Reads samples of large texts: it takes a while, and holds nobody up.
  private func analyze() async throws(RPCError) {
    try await database { () async throws(PostgresError) in
      _ = try await pool.read(LifetimeQueries.analyze, (), timeout: .seconds(60))
    }
  }

  private func projects(_ query: Query<Void, OneColumn<String>>) async throws(RPCError) -> [ProjectID] {
    try await database { () async throws(PostgresError) in
      try await pool.read(query, ()).values().compactMap { ProjectID($0) }
    }
  }
}

extension CallScope {
  /// What the server does by itself.
  static func sweep(of project: ProjectID, as operation: String) -> CallScope {
    CallScope(project: project, principal: "cairn", operation: "cairn/\(operation)")
  }
}
