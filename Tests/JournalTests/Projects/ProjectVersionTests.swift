import CairnAPI
import GRPC
import Postgres
import TestSupport
import Testing

@testable import Journal
@testable import Projects

/// Projects as a kind with versions.
@Suite struct ProjectVersionTests {
  private static let project = ProjectID("p")!
  private static let find = Statement(
    "find_test_project",
    "SELECT title, search_language, version, position, create_position FROM project WHERE project_id = 'p'")

  private struct State: Equatable {
    let settings: [String]
    let version: Int64
    let position: Int64
    let createPosition: Int64

    init(_ row: Row) throws(PostgresError) {
      settings = [try row.decode(0), try row.decode(1)]
      version = try row.decode(2)
      position = try row.decode(3)
      createPosition = try row.decode(4)
    }

    var moment: Moment { Moment(position: position, time: .now) }
  }

  private func update(_ title: String, _ language: String) throws -> ProjectUpdate {
    var request = UpdateProjectRequest()
    request.project = Project()
    request.project?.id = "p"
    request.project?.title = title
    request.project?.searchLanguage = language
    return try ProjectUpdate(validating: request)
  }

  /// A project and the states that random changes gave it, the creation's first.
  private func withHistory(
    _ body: @escaping @Sendable (TestServer, TestDatabase, ProjectStore, [State]) async throws -> Void
  ) async throws {
    try await withServer { server, database in
      let store = ProjectStore(journal: server.journal, pool: server.pool)
      var request = CreateProjectRequest()
      request.project = Project()
      request.project?.id = "p"
      _ = try await server.journal.createNote("a project is not the first thing")
      _ = try await store.create(try ProjectDraft(validating: request), in: .test)
      var states = [try State(try await server.pool.query(Self.find).only())]
      var random = SeededGenerator(seed: 11)
      for _ in 0..<12 {
        let title = ["one", "two", "three"].randomElement(using: &random)!
        let language = ["simple", "english", "german"].randomElement(using: &random)!
        _ = try await store.update(try update(title, language), in: .test, answer: { _ in [] })
        states.append(try State(try await server.pool.query(Self.find).only()))
      }
      try await body(server, database, store, states)
    }
  }

  @Test("every change keeps the settings that it replaces, from the creation on")
  func kept() async throws {
    try await withHistory { server, database, _, states in
      #expect(states.map(\.version) == (1...13).map { $0 })
      let created = states[0]
      #expect(created.position == created.createPosition && created.position > 0)
      #expect(states.allSatisfy { $0.createPosition == created.createPosition })
      for state in states {
        let images = VersionedKind.projects.images(at: state.position, keys: [["p"]], in: Self.project)
        let row = try await server.pool.query(images.statement, images.parameters).only()
        let (version, settings): (Int64, [String]) = (
          try row.decode(1), [try row.decode(4), try row.decode(5)]
        )
        #expect(version == state.version && settings == state.settings)
      }
      let before = VersionedKind.projects.images(
        at: created.position - 1, keys: [["p"]], in: Self.project)
      let none = try await server.pool.query(before.statement, before.parameters)
      #expect(none.isEmpty)
      let changes = try database.connect().query(
        "SELECT old_version, new_version FROM change WHERE project_id = 'p' AND kind = 'project' ORDER BY position"
      )
      for (row, version) in zip(changes, 0...) {
        let versions: (Int64?, Int64?) = (try row.decode(0), try row.decode(1))
        #expect(versions == (version == 0 ? nil : Int64(version), Int64(version + 1)))
      }
    }
  }

  @Test("settings come back under a new version; nothing takes a project away")
  func writtenBack() async throws {
    try await withHistory { server, _, _, states in
      var scope = CallScope.test
      scope.project = Self.project
      for state in [states[3], states[0], states[7]] {
        let before = try State(try await server.pool.query(Self.find).only())
        let part = VersionedKind.projects.writeBack(["p"], to: state.moment, in: Self.project)
        let steps = try #require(try await server.journal.write(part, in: scope).written?.value)
        let now = try State(try await server.pool.query(Self.find).only())
        #expect(now.settings == state.settings)
        #expect(now.createPosition == before.createPosition)
        let isChanged = before.settings != state.settings
        #expect(steps.map(\.outcome) == [isChanged ? .changed : .unchanged])
        #expect(now.version == before.version + (isChanged ? 1 : 0))
      }
      let before = Moment(position: states[0].position - 1, time: .now)
      let part = VersionedKind.projects.writeBack(["p"], to: before, in: Self.project)
      let steps = try #require(try await server.journal.write(part, in: scope).written?.value)
      #expect(steps.map(\.outcome) == [.kept])
    }
  }

  @Test("two moments differ in the settings that were changed between them")
  func differences() async throws {
    try await withHistory { server, _, _, states in
      for earlier in states.indices {
        for later in earlier..<states.count {
          let page = try await server.journal.differences(
            of: [.projects], from: states[earlier].moment, to: states[later].moment, in: Self.project)
          let names = zip(
            ["title", "search_language"], zip(states[earlier].settings, states[later].settings)
          )
          .filter { $0.1.0 != $0.1.1 }.map(\.0)
          #expect(page.differences.map(\.columns) == (earlier == later ? [] : [names]))
          #expect(page.next?.position == nil)
        }
      }
    }
  }

  @Test("the description names every column of the tables")
  func columns() async throws {
    let database = try TestDatabase(.notes)
    try database.connect().checkColumns(of: .projects)
  }
}

extension BlockingConnection {
  /// Checks that a kind's description and its tables have the same columns.
  func checkColumns(of kind: VersionedKind, notInHistory: Set<String> = []) throws {
    func columns(_ table: String) throws -> Set<String> {
      let rows = try query(
        """
        SELECT attname::text FROM pg_attribute
        WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
        """, [table])
      return Set(try rows.map { row throws(PostgresError) in try row.decode(0, as: String.self) })
    }
    let key = Set((kind.key + kind.part).map(\.name)).union(["project_id", "version", "position"])
    #expect(try columns(kind.tables.current) == key.union(kind.columns.map(\.name)))
    let history = key.union(["from_position"]).union(kind.columns.filter(\.isInHistory).map(\.name))
    #expect(try columns(kind.tables.history) == history.union(notInHistory))
  }
}
