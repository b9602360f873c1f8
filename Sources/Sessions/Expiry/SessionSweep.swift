import EventLoop
import GRPC
import Journal
import Postgres

/// Ends sessions that have expired, and recordings of them, on one server at a time.
///
/// Nothing depends on it but what watchers see: who appends compares the times itself. When a session is looked at stands
/// apart from when it expires, so that an append, which moves that, touches no index: the sweep finds the sessions whose
/// time to be looked at has come, and looks at those that live on again when they may expire.
package final class SessionSweep: Sendable {
  private let store: SessionStore
  private let duty: Duty

  /// - Parameter loop: Where it works.
  package init(_ sessions: SessionServices, on loop: EventLoop) {
    let (store, recordings) = (sessions.sessions, sessions.recordings)
    self.store = store
    duty = Duty("sessions.sweep", journal: store.journal, on: loop, every: store.configuration.sweepInterval)
    {
      duty in
      do throws(RPCError) {
        try await store.sweep(while: duty.keep)
        try await recordings.settle(while: duty.keep)
      } catch {
        store.configuration.warn("the sweep of sessions failed and will be tried again: \(error.message)")
      }
    }
  }

  package func start() { duty.start() }

  /// Ends after the write under way. Before the pool is closed.
  package func stop() async { await duty.stop() }
}

extension SessionStore {
  /// Sessions looked at by one statement.
  private static let lookedAt = 1_000
  /// Sessions ended between two looks.
  private static let endedAtOnce = 100

  /// One round over all projects, in short transactions.
  ///
  /// - Parameter mayGoOn: Asked before each.
  func sweep(while mayGoOn: () async -> Bool) async throws(RPCError) {
    let projects = try await database { () async throws(PostgresError) in
      try await pool.read(ExpiryQueries.projects, ()).values().compactMap { ProjectID($0) }
    }
    for project in projects {
      while await mayGoOn() {
        let postponed = try await postpone(in: project)
        let ended = try await end(in: project)
        if postponed < Self.lookedAt, ended == 0 { break }
      }
    }
  }

  private func postpone(in project: ProjectID) async throws(RPCError) -> Int {
    try await database { () async throws(PostgresError) in
      try await pool.write(ExpiryQueries.postpone, (project, Self.lookedAt)).rows.affectedCount
    }
  }

  /// Ends some of those that have expired; returns how many.
  private func end(in project: ProjectID) async throws(RPCError) -> Int {
    let ids = try await database { () async throws(PostgresError) in
      try await pool.read(ExpiryQueries.expired, (project, Self.endedAtOnce)).values()
    }
    let scope = CallScope(project: project, principal: "cairn", operation: "cairn/ExpireSessions")
    var ended = 0
    for id in ids {
      if try await write(id, in: scope, decide: { stored in stored.expired() }).stamp != nil { ended += 1 }
    }
    return ended
  }
}
