import CairnAPI
import EventLoop
import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct HorizonFeedTests {
  @Test("each project has a horizon of its own, before which no feed starts")
  func starts() async throws {
    try await withServer { server, database in
      let history = try TestHistory(try database.connect(), count: 20, projects: ["default", "other"])
      let last = history.changes[19].position
      try await server.settled(last)
      try history.keep(1)
      while try await server.pruning.round(while: { true }) {}
      let error = await #expect(throws: RPCError.self) {
        try await server.journal.changes.watch(.default, from: .after(last - 1), on: server.loop)
      }
      #expect(error?.reason == .positionPruned && error?.code == .outOfRange)
      #expect(error?.particular("oldest") == String(last))
      let oldest = try await server.journal.changes.watch(.default, from: .oldest, on: server.loop)
      #expect(try await oldest.caughtUp() == last)
      let other = try await server.journal.changes.watch(
        FeedTopic(ProjectID("other")!), from: .after(0), on: server.loop)
      #expect(try await other.take(rows: 40).count == 40)
    }
  }

  @Test(
    "a live feed that was held back for longer than history is kept says so, and loses nothing in silence")
  func heldBack() async throws {
    try await withCluster { cluster in
      let server = try TestServer(cluster.cluster.url) { $0.pruneGrace = .zero }
      try server.journal.start()
      let result: Result<Void, any Error> = await server.loop.run {
        do {
          return .success(try await prunedBehindItsBack(server, cluster))
        } catch { return .failure(error) }
      }
      await server.stop()
      try result.get()
    }
  }

  private func prunedBehindItsBack(_ server: TestServer, _ cluster: TestCluster) async throws {
    _ = try await server.journal.createNote("before")
    let feed = try await server.journal.changes.watch(.default, from: .now, on: server.loop)
    let start = try await feed.caughtUp()
    // Nothing is settled while this one is open.
    let blocker = try cluster.connect()
    try blocker.execute("BEGIN; SELECT pg_current_xact_id()")
    for id in ["a", "b", "c"] { _ = try await server.journal.createNote(id) }
    let owner = try BlockingConnection(url: cluster.cluster.ownerURL)
    // As a server would that had settled and pruned them before this one looked.
    try owner.execute(
      """
      INSERT INTO horizon (project_id, position, at, since)
      SELECT 'default', position, at, at FROM change ORDER BY position DESC LIMIT 1;
      DELETE FROM change;
      """)
    try blocker.execute("COMMIT")
    do throws(RPCError) {
      while true { if case .row(let row) = try await feed.next() { Issue.record("a row: \(row.id)") } }
    } catch {
      #expect(error.reason == .positionPruned)
      #expect(error.particular("position") == String(start))
    }
  }
}
