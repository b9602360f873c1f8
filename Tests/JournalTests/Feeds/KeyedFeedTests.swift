import EventLoop
import GRPC
import Journal
import Postgres
import TestSupport
import Testing
import Wire

/// Feeds of one key: who follows one log reads that log, and is woken by it alone.
@Suite struct KeyedFeedTests {
  /// A server with logs and the feed of their entries.
  private func withFeed(
    _ configure: @escaping (inout JournalConfiguration) -> Void = { _ in },
    _ body: @escaping @Sendable (TestServer, Feed<LogEntry>, TestDatabase) async throws -> Void
  ) async throws {
    let database = try TestDatabase(.notes)
    try database.connect().execute(Logs.schema)
    let server = try TestServer(database.url, configure)
    let feed = server.journal.feed(of: LogEntry.self)
    try server.journal.start()
    try await server.run { try await body(server, feed, database) }
  }

  private func places(_ stream: FeedStream<LogEntry>, _ count: Int) async throws(RPCError) -> [Int64] {
    var places: [Int64] = []
    while places.count < count {
      if case .row(let entry) = try await stream.next() { places.append(entry.place) }
    }
    return places
  }

  @Test("who follows one log gets its history and what is appended, and nothing of others")
  func oneLog() async throws {
    try await withFeed({ $0.pageSize = 4 }) { server, feed, _ in
      for number in 0..<20 { _ = try await server.journal.append("x", to: number % 2 == 0 ? "hot" : "cold") }
      let stream = try await feed.watch(FeedTopic(.default, key: "hot"), from: .oldest, on: server.loop)
      #expect(try await places(stream, 10) == Array(1...10))
      for number in 0..<20 { _ = try await server.journal.append("x", to: number % 2 == 0 ? "hot" : "cold") }
      #expect(try await places(stream, 10) == Array(11...20))
    }
  }

  @Test("one who follows the project and one who follows a log get the same entries of it")
  func both() async throws {
    try await withFeed { server, feed, _ in
      let all = try await feed.watch(FeedTopic(.default), from: .now, on: server.loop)
      let hot = try await feed.watch(FeedTopic(.default, key: "hot"), from: .now, on: server.loop)
      for number in 0..<30 { _ = try await server.journal.append("x", to: number % 3 == 0 ? "hot" : "cold") }
      var seen: [Int64] = []
      for _ in 0..<30 {
        while true {
          guard case .row(let entry) = try await all.next() else { continue }
          if entry.log == "hot" { seen.append(entry.place) }
          break
        }
      }
      #expect(seen == Array(1...10))
      #expect(try await places(hot, 10) == seen)
    }
  }

  @Test("catching up with one log reads only its rows", arguments: [20_000])
  func catchingUp(others: Int) async throws {
    try await withFeed { server, feed, database in
      try database.connect().execute(
        """
        INSERT INTO log_entry SELECT 'default', nextval('journal_position'), 0, 'cold', number, 'x'
        FROM generate_series(1, \(others)) AS number;
        INSERT INTO log_entry SELECT 'default', nextval('journal_position'), 0, 'hot', 1, 'x'
        """)
      let before = await server.pool.statistics().acquired
      let stream = try await feed.watch(FeedTopic(.default, key: "hot"), from: .oldest, on: server.loop)
      #expect(try await places(stream, 1) == [1])
      // One page, not one for each 500 rows of the project.
      let pages = await server.pool.statistics().acquired - before
      #expect(pages < 30, "\(pages) uses of connections")
    }
  }

  @Test("a hundred followers of a hundred logs each get their own entries, once and in order")
  func many() async throws {
    try await withFeed({ $0.recentRows = 60 }) { server, feed, _ in
      try await withThrowingTaskGroup { group in
        for number in 0..<100 {
          let loop = server.group.loops[number % 2]
          group.addTask {
            try await loop.run {
              let topic = FeedTopic(.default, key: TextKey("log-\(number)"))
              let stream = try await feed.watch(topic, from: .oldest, on: loop)
              #expect(try await places(stream, 20) == Array(1...20))
            }
          }
        }
        for writer in 0..<10 {
          group.addTask {
            try await server.loop.run {
              for _ in 0..<20 {
                for number in 0..<10 {
                  _ = try await server.journal.append("x", to: "log-\(writer * 10 + number)")
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test("keys are told apart by their bytes")
  func bytes() async throws {
    try await withFeed { server, feed, database in
      try database.connect().execute(
        "INSERT INTO log VALUES ('default', E'\\u00e9'), ('default', E'e\\u0301')")
      let stream = try await feed.watch(
        FeedTopic(.default, key: "\u{e9}"), from: .now, on: server.loop)
      _ = try await server.journal.append("other", to: "e\u{301}")
      _ = try await server.journal.append("other", to: "e\u{301}")
      _ = try await server.journal.append("mine", to: "\u{e9}")
      #expect(try await places(stream, 1) == [1])
    }
  }
}
