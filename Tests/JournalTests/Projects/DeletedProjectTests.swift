import CairnAPI
import EventLoop
import GRPC
import Patience
import Postgres
import TestSupport
import Testing

@testable import Journal

@Suite struct DeletedProjectTests {
  private let project = ProjectID("a")!

  @Test("what was seen before a deletion counts for nothing after it")
  func generations() async throws {
    try await withServer { server, _ in
      let known = KnownProjects(loop: server.loop)
      #expect(known.contains(.default) && !known.contains(project))
      let seen = known.generation
      known.insert(project, seenIn: seen)
      #expect(known.contains(project))
      known.forget([project])
      #expect(!known.contains(project) && known.contains(.default))
      known.insert(project, seenIn: seen)
      #expect(!known.contains(project), "it was there when it was looked at, and is no more")
    }
  }

  @Test("every server hears of a deletion, and ends the feeds of the project")
  func hears() async throws {
    try await withServer { server, database in
      try database.connect().query("INSERT INTO project (project_id) VALUES ($1)", [project.text])
      try await server.journal.require(project, on: server.loop)
      let feed = try await server.journal.changes.watch(FeedTopic(project), from: .now, on: server.loop)
      // As another server does it.
      try database.connect().execute(
        """
        UPDATE project SET delete_time = now(), delete_position = nextval('journal_position')
        WHERE project_id = 'a'
        """)
      try await eventually("the project is refused") { await refusal(server) == .projectDeleted }
      do throws(RPCError) {
        while true { _ = try await feed.next() }
      } catch {
        #expect(error.reason == .projectDeleted)
      }
      try database.connect().execute("UPDATE project SET purge_time = now() WHERE project_id = 'a'")
      #expect(await refusal(server) == .projectNotFound)
    }
  }

  @Test("only what is deleted can be removed")
  func guards() async throws {
    try await withServer { server, database in
      let connection = try database.connect()
      _ = try await server.journal.createNote("kept")
      #expect(throws: PostgresError.self) { try connection.query("SELECT journal_purge('default')") }
      #expect(throws: PostgresError.self) { try connection.query("SELECT journal_purge('nobodys')") }
      #expect(try connection.query("SELECT count(*) FROM note").only().decode(0, as: Int64.self) == 1)
    }
  }

  @Test("what a project holds is removed from all tables and partitions, in short pieces; others keep theirs")
  func purges() async throws {
    try await withServer { server, database in
      let connection = try database.connect()
      try connection.execute("INSERT INTO project (project_id, delete_time) VALUES ('a', now())")
      for id in 0..<50 {
        _ = try await server.journal.createNote("\(id)", CallScope(project: project, operation: "test"))
        _ = try await server.journal.createNote("\(id)")
      }
      var removed: Int64 = 0
      while true {
        let row = try connection.query("SELECT removed, is_empty FROM journal_purge('a')").only()
        removed += try row.decode(0, as: Int64.self)
        if try row.decode(1, as: Bool.self) { break }
      }
      #expect(removed == 100, "notes and their changes")
      for table in ["note", "change"] {
        let left = try connection.query("SELECT project_id, count(*) FROM \(table) GROUP BY project_id")
        #expect(try left.only().decode(0, as: String.self) == "default")
        #expect(try left.only().decode(1, as: Int64.self) == 50)
      }
    }
  }

  private func refusal(_ server: TestServer) async -> ErrorReason? {
    do throws(RPCError) {
      try await server.journal.require(project, on: server.loop)
      return nil
    } catch {
      return error.reason
    }
  }
}
