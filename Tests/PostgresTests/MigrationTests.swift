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
    let database = try await TestDatabase.make()
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
    let database = try await TestDatabase.make()
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
}
