import CairnAPI
import Journal
import Postgres
import Requests
import Synchronization
import Testing

@testable import Contexts

@Suite struct ExpiryStoreTests {
  @Test("a round goes on behind contexts whose expiry was moved before they could be deleted")
  func movedMeanwhile() async throws {
    try await withStore { test in
      // More than a batch, those that are moved first.
      _ = try await test.pool.query(
        Statement(
          "expired",
          """
          INSERT INTO context (project_id, context_id, version, position, create_time, update_time, type, status, title,
            media_type, owner, session, tags, content, data, expire_time)
          SELECT 'default', 'c' || n, 1, 0, now(), now(), 1, 2, '', '', '', '', '{}', '', '',
            now() - interval '1 hour' + n * interval '1 second'
          FROM generate_series(1, 300) AS n
          """))
      let ids = try await test.stores.lifetime.idsToExpire(in: .default)
      try #require(ids.count < 300)
      _ = try await test.pool.query(
        Statement(
          "moved", "UPDATE context SET expire_time = now() + interval '1 hour' WHERE context_id = ANY ($1)"),
        [ids])
      // What was found before is of no use any more, and that is no reason to stop.
      #expect(try await test.stores.lifetime.expire(ids, in: .default) == 0)
      try await test.stores.lifetime.sweep { true }
      let left = try await test.pool.query(
        Statement("left", "SELECT count(*) FROM context WHERE expire_time <= now() AND delete_time IS NULL"))
      #expect(try left.only().decode(0, as: Int64.self) == 0)
    }
  }

  @Test("a sweep that may not go on makes no more words")
  func mayNotGoOn() async throws {
    try await withStore { test in
      _ = try await test.pool.query(
        Statement(
          "unfinished",
          """
          INSERT INTO context (project_id, context_id, version, position, create_time, update_time, type, status, title,
            media_type, owner, session, tags, content, data)
          SELECT 'default', 'c' || n, 1, 0, now(), now(), 1, 2, '', '', '', '', '{}', repeat('word ', 16000), ''
          FROM generate_series(1, 5) AS n
          """))
      // It asks before it looks, and before each transaction, of one such text.
      let permits = Mutex(2)
      try await test.store.words.finishLeft {
        permits.withLock { permits in
          permits -= 1
          return permits >= 0
        }
      }
      #expect(try await unfinished(test) == 4)
      try await test.store.words.finishLeft { true }
      #expect(try await unfinished(test) == 0)
    }
  }

  private func unfinished(_ test: TestStore) async throws -> Int64 {
    let rows = try await test.pool.query(
      Statement("count_unfinished", "SELECT count(*) FROM context_text WHERE NOT is_whole"))
    return try rows.only().decode(0)
  }
}
