import CairnAPI
import Journal
import Postgres
import Requests
import Testing
import Wire

@testable import Contexts
@testable import GRPC

@Suite struct ContextStoreTests {
  private func draft(_ id: String = "", _ fill: (inout Context) -> Void = { _ in }) -> ContextDraft {
    var context = Context()
    context.id = id
    context.title = "title"
    fill(&context)
    var violations = Violations()
    defer { #expect(violations.isEmpty) }
    return ContextDraft(validating: context, at: "context", &violations)
  }

  private func update(_ id: String, _ title: String) -> ContextUpdate {
    var request = UpdateContextRequest()
    request.context = Context()
    request.context?.id = id
    request.context?.title = title
    var violations = Violations()
    return ContextUpdate(validating: request, &violations)
  }

  private func target(_ id: String) -> ContextTarget {
    var violations = Violations()
    return ContextTarget(validating: id, etag: "", &violations)
  }

  private func restoration(_ id: String) throws -> VersionRestoration {
    var request = RestoreContextVersionRequest()
    request.id = id
    request.version = 1
    var violations = Violations()
    defer { #expect(violations.isEmpty) }
    return VersionRestoration(validating: request, &violations)
  }

  private func lookup(_ id: String) throws -> ContextLookup {
    var request = GetContextRequest()
    request.id = id
    return try ContextLookup(validating: request)
  }

  private func creations(_ ids: [String], atomic: Bool = false) throws -> Batch<ContextDraft> {
    let requests = ids.map { id in
      var request = CreateContextRequest()
      request.context = draft(id).context
      return request
    }
    return try Batch(
      validating: requests, of: "context", atomic: atomic, requestID: "", key: \ContextDraft.id
    ) {
      ContextDraft(validating: $0.context, at: "context", &$1)
    }
  }

  @Test("what is stored is what the writer was told")
  func roundTrip() async throws {
    try await withStore { test in
      let created = try await test.store.create(
        draft {
          $0.tags = ["b", "a,\"x\"", "NULL"]
          $0.metadata = metadata(#"{"a":[1,{"b":null}],"c":"\u0001"}"#)
          $0.content = "content"
          $0.data = [0, 255]
          $0.mediaType = "text/plain"
        }, in: test.scope)
      #expect(try await test.store.get(try lookup(created.id), in: .default) == created)
      #expect(UUID128(created.id) != nil && created.position > 0)
    }
  }

  @Test("calls take the fewest round trips")
  func roundTrips() async throws {
    try await withStore { test in
      let store = test.store
      let scope = test.scope
      _ = try await store.create(draft("warm"), in: scope)
      #expect(try await test.roundTrips { _ = try await store.create(draft(), in: scope) } == 1)
      #expect(try await test.roundTrips { _ = try await store.create(draft("own"), in: scope) } == 1)
      #expect(try await test.roundTrips { _ = try await store.get(try lookup("own"), in: .default) } == 1)
      let update = update("own", "new")
      #expect(
        try await test.roundTrips { _ = try await store.update(Batch(update), detail: .full, in: scope) } == 2
      )
      #expect(
        try await test.roundTrips {
          _ = try await store.delete(Batch(target("own")), detail: .full, in: scope)
        }
          == 2)
      let many = try creations(Array(repeating: "", count: 1000))
      #expect(try await test.roundTrips { _ = try await store.create(many, in: scope) } == 1)
      let chosen = try creations((0..<1000).map { "c\($0)" })
      #expect(try await test.roundTrips { _ = try await store.create(chosen, in: scope) } == 2)
      var request = BatchGetContextsRequest()
      request.ids = (0..<1000).map { "c\($0)" }
      let lookups = try ContextLookups(validating: request)
      #expect(try await test.roundTrips { _ = try await store.get(lookups, in: .default) } == 1)
      let moment = Moment(position: .max, time: .now)
      #expect(
        try await test.roundTrips { _ = try await store.get(lookup("c1"), at: moment, in: .default) } == 1)
      #expect(try await test.roundTrips { _ = try await store.get(lookups, at: moment, in: .default) } == 1)
      _ = try await store.update(Batch(self.update("c1", "new")), detail: .full, in: scope)
      var wanted = GetContextVersionRequest()
      wanted.id = "c1"
      wanted.version = 1
      let version = try VersionLookup(validating: wanted)
      #expect(
        try await test.roundTrips { _ = try await test.stores.versions.versions(version, in: .default) } == 1)
      #expect(
        try await test.roundTrips { _ = try await test.stores.versions.restore(restoration("c1"), in: scope) }
          == 2)
    }
  }

  @Test("every version is kept as it was, from its write to the next one")
  func images() async throws {
    try await withStore { test in
      var versions = [try await test.store.create(draft("x") { $0.content = "c" }, in: test.scope)]
      for title in ["two", "three"] {
        versions.append(
          try await test.store.update(Batch(update("x", title)), detail: .full, in: test.scope).outcomes[0]
            .get())
      }
      versions.append(
        try await test.store.delete(Batch(target("x")), detail: .full, in: test.scope).outcomes[0].get())
      versions.append(
        try await test.store.undelete(Batch(target("x")), detail: .full, in: test.scope).outcomes[0].get())
      let images = try await test.store.images(
        of: versions.map(\.id), at: versions.map(\.position), detail: .full, in: .default)
      #expect((0..<5).map { images.byPlace[$0]?.context } == versions)
      let between = try await test.store.images(
        of: ["x", "y"], at: [versions[4].position + 1, 1], detail: .full, in: .default)
      #expect(between.byPlace.isEmpty)
      let rows = try await test.pool.query(
        Statement("validity", "SELECT from_position, position FROM context_version ORDER BY version"))
      for (row, (from, to)) in zip(rows, zip(versions, versions.dropFirst())) {
        #expect(try row.decode(0, as: Int64.self) == from.position)
        #expect(try row.decode(1, as: Int64.self) == to.position)
      }
    }
  }

  @Test("of batches that choose the same ids in the same moment each id is stored once")
  func race() async throws {
    try await withStore { test in
      let ids = (0..<40).map { "c\($0)" }
      let stored = try await withThrowingTaskGroup(of: Int.self) { group in
        for round in 0..<8 {
          group.addTask {
            let batch = try self.creations(round % 2 == 0 ? ids : ids.reversed())
            return try await test.store.create(batch, in: test.scope).outcomes.filter { $0.error == nil }
              .count
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(stored == 40)
    }
  }

  @Test("PostgreSQL takes every statement that lists are put together from")
  func lists() async throws {
    try await withStore { test in
      let created = try await test.store.create(
        draft("x") {
          $0.owner = "o"
          $0.session = "s"
          $0.tags = ["t", "u"]
          $0.status = .draft
        }, in: test.scope)
      let time = try #require(created.createTime)
      let filters: [(inout ContextFilter) -> Void] = [
        { _ in }, { $0.types = [.note] }, { $0.types = [.note, .code] }, { $0.statuses = [.draft] },
        { $0.statuses = [.draft, .active] }, { $0.tags = ["u"] }, { $0.owner = "o" }, { $0.session = "s" },
        { $0.createdFrom = time }, { $0.createdBefore = WellKnown.Timestamp(seconds: time.seconds + 1) },
        { $0.updatedFrom = time }, { $0.updatedBefore = WellKnown.Timestamp(seconds: time.seconds + 1) },
        {
          $0.types = [.note]
          $0.statuses = [.draft]
          $0.tags = ["t", "u"]
          $0.owner = "o"
          $0.session = "s"
          $0.createdFrom = time
          $0.updatedFrom = time
        },
      ]
      for (number, filter) in filters.enumerated() {
        for order in ["create_time", "create_time desc", "update_time", "update_time desc", "id", "id desc"] {
          for view in [ContextView.basic, .full] {
            var request = ListContextsRequest()
            request.filter = ContextFilter()
            filter(&request.filter!)
            request.orderBy = order
            request.view = view
            request.showDeleted = number % 2 == 0
            let list = try ContextList(validating: request, project: "default", key: .test)
            #expect(try await test.store.list(list, in: .default).contexts == [created])
            let moment = Moment(position: created.position, time: PostgresTimestamp(time))
            #expect(try await test.store.list(list, at: moment, in: .default).contexts == [created])
            let before = Moment(position: created.position - 1, time: PostgresTimestamp(time))
            #expect(try await test.store.list(list, at: before, in: .default).contexts == [])
            let isLast = order.hasSuffix("desc")
            request.pageToken = list.nextPageToken(
              after: PageToken(time: isLast ? .max / 4 : 0, id: isLast ? "zzz" : "a"))
            let next = try ContextList(validating: request, project: "default", key: .test)
            #expect(try await test.store.list(next, in: .default).contexts == [created])
          }
        }
      }
    }
  }
}
