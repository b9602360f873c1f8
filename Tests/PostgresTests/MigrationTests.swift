import Patience
import TestSupport
import Testing

@testable import Postgres

private let first = Migration(
  module: "base", version: 1, name: "items", sql: "CREATE TABLE item (id int8); INSERT INTO item VALUES (1);")
private let second = Migration(
  module: "base", version: 2, name: "more", sql: "ALTER TABLE item ADD COLUMN body text DEFAULT 'x';")
private let other = Migration(module: "other", version: 1, name: "notes", sql: "CREATE TABLE note (id int8)")

@Suite("Migrations")
struct MigrationTests {
  private func withDatabase(_ body: (TestDatabase) throws -> Void) async throws {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    try body(database)
  }

  @Test("migrations are applied in order, once, and reported")
  func order() async throws {
    try await withDatabase { database in
      let migrator = Migrator([first, second, other], url: database.url)
      let found1 = try migrator.status().map(\.state)
      #expect(found1 == [.pending, .pending, .pending])
      let found11 = try migrator.check()
      #expect(found11)
      let found2 = try migrator.apply()
      #expect(found2 == [first, second, other])
      let found3 = try migrator.apply()
      #expect(found3 == [])
      let found12 = try migrator.check()
      #expect(!found12)
      let found4 = try migrator.status().map(\.state)
      #expect(found4 == [.applied, .applied, .applied])
      let found5 = try database.connect().query("SELECT body FROM item").value(as: String.self)
      #expect(found5 == "x")
    }
  }

  @Test("later migrations are added to what is there")
  func addition() async throws {
    try await withDatabase { database in
      try Migrator([first], url: database.url).apply()
      let found6 = try Migrator([first, second, other], url: database.url).apply()
      #expect(found6 == [second, other])
    }
  }

  @Test("eight servers that start at once apply each migration once")
  func concurrently() async throws {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    let many = (1...10).map {
      Migration(module: "base", version: $0, name: "step", sql: "CREATE TABLE t\($0) (id int8)")
    }
    let applied = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try await offPool { Result { try Migrator(many, url: database.url).apply().count } }.get()
        }
      }
      return try await group.reduce(0, +)
    }
    #expect(applied == 10)
  }

  @Test("an applied file that was edited is refused, named, and nothing else is applied")
  func changed() async throws {
    try await withDatabase { database in
      try Migrator([first], url: database.url).apply()
      let edited = Migration(module: "base", version: 1, name: "items", sql: first.sql + "-- more")
      let migrator = Migrator([edited, second], url: database.url)
      let error = #expect(throws: PostgresError.self) { try migrator.apply() }
      #expect(error?.kind == .migration)
      #expect(error?.message.contains("base/m0001_items") == true)
      #expect(error?.message.contains("Put the file back") == true)
      let found7 = try migrator.status().map(\.state)
      #expect(found7 == [.changed, .pending])
      #expect(throws: PostgresError.self) { try migrator.check() }
    }
  }

  @Test("a newer database is refused, naming what is unknown")
  func newer() async throws {
    try await withDatabase { database in
      try Migrator([first, second], url: database.url).apply()
      let migrator = Migrator([first], url: database.url)
      let error = #expect(throws: PostgresError.self) { try migrator.apply() }
      #expect(error?.message.contains("newer version") == true)
      #expect(error?.message.contains("base/m0002_more") == true)
      let found8 = try migrator.status().map(\.state)
      #expect(found8 == [.applied, .unknown])
    }
  }

  @Test("a migration that fails leaves nothing behind and says what failed")
  func failing() async throws {
    try await withDatabase { database in
      let bad = Migration(
        module: "base", version: 2, name: "bad", sql: "CREATE TABLE half (id int8); SELECT 1 / 0;")
      let error = #expect(throws: PostgresError.self) {
        try Migrator([first, bad], url: database.url).apply()
      }
      #expect(error?.message.contains("base/2_bad") == true)
      #expect(error?.sqlState == "22012")
      let connection = try database.connect()
      let found13 = try connection.query("SELECT to_regclass('half') IS NULL").value(as: Bool.self)
      #expect(found13)
      let found9 = try Migrator([first], url: database.url).status().map(\.state)
      #expect(found9 == [.applied])
    }
  }

  @Test("the server's role may use what migrations create, and does not own it")
  func role() async throws {
    try await withDatabase { database in
      let role = "r\(database.name)"
      let admin = try database.connect()
      try admin.execute("CREATE ROLE \(role) LOGIN")
      defer { try? admin.execute("DROP OWNED BY \(role); DROP ROLE \(role)") }
      try Migrator([first, second], url: database.url, role: role).apply()
      try admin.execute("SET ROLE \(role)")
      let found10 = try admin.query("UPDATE item SET body = 'y'").affectedCount
      #expect(found10 == 1)
      let error = #expect(throws: PostgresError.self) { try admin.execute("DROP TABLE item") }
      #expect(error?.sqlState == "42501")
      try admin.execute("RESET ROLE")
    }
  }

  @Test("file names become versions and names")
  func names() {
    let migration = Migration(module: "base", file: "m0042_add_notes", Array("SELECT 1".utf8))
    #expect(migration.version == 42 && migration.name == "add_notes" && migration.sql == "SELECT 1")
  }

  @Test("the checksum is SHA-256")
  func checksum() {
    let hex = Checksum.of("abc").map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("a migration that waits for a lock lets others pass and is tried again")
  func patience() async throws {
    let database = try await TestDatabase.make(.empty)
    defer { database.drop() }
    try Migrator([first], url: database.url).apply()
    let reader = try database.connect()
    try reader.execute("BEGIN; SELECT count(*) FROM item")
    async let applied = offPool { Result { try Migrator([first, second], url: database.url).apply() } }
    let other = try database.connect()
    func waiting() throws -> Int {
      try other.query("SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'item'::regclass").count
    }
    try await eventually("the migration waits") { try waiting() == 1 }
    // It gives up, and whoever reads meanwhile is not kept waiting behind it.
    try await eventually("it has let go") { try waiting() == 0 }
    try other.query("SELECT count(*) FROM item")
    try reader.execute("COMMIT")
    #expect(try await applied.get() == [second])
  }

  @Test("a batched migration is run until nothing is left, each part in a transaction of its own")
  func batches() async throws {
    try await withDatabase { database in
      let fill = Migration(
        module: "base", version: 1, name: "fill",
        sql: "CREATE TABLE item AS SELECT n, 0::int8 AS part FROM generate_series(1, 25) AS n")
      let rewrite = Migration(
        module: "base", version: 2, name: "rewrite",
        sql: """
          -- batched
          UPDATE item SET part = pg_current_xact_id()::text::int8
          WHERE n IN (SELECT n FROM item WHERE part = 0 LIMIT 10)
          """)
      #expect(try Migrator([fill, rewrite], url: database.url).apply() == [fill, rewrite])
      let parts = try database.connect().query("SELECT count(*) FROM item GROUP BY part ORDER BY 1")
      #expect(try parts.map { try $0.decode(0, as: Int64.self) } == [5, 10, 10])
      #expect(try Migrator([fill, rewrite], url: database.url).apply() == [])
    }
  }

  @Test("the role that serves has the rights that were declared, on partitions none but to read")
  func rights() async throws {
    try await withDatabase { database in
      let role = "server_\(database.name)"
      let admin = try database.connect()
      try admin.execute("CREATE ROLE \(role)")
      let tables = Migration(
        module: "base", version: 1, name: "tables",
        sql: """
          CREATE TABLE past (id int8) PARTITION BY RANGE (id);
          CREATE TABLE past_p1 PARTITION OF past FOR VALUES FROM (0) TO (10);
          CREATE TABLE present (id int8);
          """)
      let migrator = Migrator(
        [tables], url: database.url, role: role, rights: [TableRights("past", .insert)])
      try migrator.apply()
      try migrator.apply()
      try admin.execute("CREATE TABLE past_p2 PARTITION OF past FOR VALUES FROM (10) TO (20)")
      try admin.execute("SET ROLE \(role)")
      try admin.execute(
        "INSERT INTO past VALUES (1), (11); INSERT INTO present VALUES (1); DELETE FROM present")
      for forbidden in [
        "UPDATE past SET id = 2", "DELETE FROM past", "DELETE FROM past_p1", "UPDATE past_p2 SET id = 12",
        "INSERT INTO past_p2 VALUES (12)", "TRUNCATE past", "DELETE FROM cairn_migration",
        "INSERT INTO cairn_migration DEFAULT VALUES",
      ] {
        let error = #expect(throws: PostgresError.self) { try admin.execute(forbidden) }
        #expect(error?.sqlState == "42501", "\(forbidden)")
      }
      try admin.execute("RESET ROLE; DROP OWNED BY \(role); DROP ROLE \(role)")
    }
  }
}
