import GRPC
import Journal
import Postgres
import Testing

@Suite struct UnknownOutcomeTests {
  @Test("a create that died before its commit is made up for")
  func died() async throws {
    try await withServer { server, database in
      let admin = try database.connect()
      // Sequences are not rolled back: the first insert, and only that, ends its own connection.
      try admin.execute(
        """
        CREATE SEQUENCE attempts;
        CREATE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF nextval('attempts') = 1 THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
          RETURN NULL;
        END $$;
        CREATE TRIGGER die_once AFTER INSERT ON note FOR EACH ROW EXECUTE FUNCTION die_once()
        """)
      guard case .written(let stamp?) = try await server.journal.createNote("a") else {
        Issue.record("the note was not written")
        return
      }
      let found: Stamp? = try await server.pool.query(Notes.find, (.default, "a")).first()
      #expect(found == stamp)
      #expect(try number(admin, "SELECT last_value FROM attempts") == 2)
    }
  }

  @Test("creates whose connections die are stored once and acknowledged, or refused and not stored")
  func killed() async throws {
    try await withServer { server, database in
      let writers = 8
      let acknowledged = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for writer in 0..<writers {
          tasks.addTask(executorPreference: server.loop) {
            var stored = 0
            for number in 0..<150 {
              do throws(RPCError) {
                guard case .written(.some) = try await server.journal.createNote("\(writer)-\(number)") else {
                  Issue.record("the note \(writer)-\(number) was taken")
                  continue
                }
                stored += 1
              } catch {
                #expect(error.reason == .databaseUnavailable)
              }
            }
            return stored
          }
        }
        tasks.addTask {
          let killer = try database.connect()
          for _ in 0..<40 {
            try killer.execute(
              """
              SELECT pg_terminate_backend(pid), pg_sleep(0.02) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()
              """)
          }
          return 0
        }
        return try await tasks.reduce(0, +)
      }
      let admin = try database.connect()
      #expect(try number(admin, "SELECT count(*) FROM note") == Int64(acknowledged))
      #expect(try number(admin, "SELECT count(*) FROM change") == Int64(acknowledged))
      #expect(acknowledged > 0)
    }
  }

  private func number(_ connection: BlockingConnection, _ sql: String) throws -> Int64? {
    try connection.query(sql).first?.decode(0)
  }
}
