import EventLoop
import TestSupport
import Testing

@testable import Postgres

@Suite struct QueryTests {
  private struct Note: DecodableRow {
    struct Columns: ColumnLayout {
      let id: Column<Int64>
      let body: Column<String?>

      init(_ find: inout ColumnFinder) {
        id = find("note_id")
        body = find("body")
      }
    }

    let id: Int64
    let body: String?

    init(decoding row: Row, _ columns: Columns) throws(PostgresError) {
      id = try row.decode(columns.id)
      body = try row.decode(columns.body)
    }
  }

  private typealias NoteQuery = Query<(id: Int64, body: String?), Note.Columns>

  private static func query(_ sql: String) -> NoteQuery {
    NoteQuery("note", Array(sql.utf8), [.init("id") { $0.id }, .init("body") { $0.body }])
  }

  @Test("names become numbers in the order of their declaration, wherever they stand in the text")
  func numbers() {
    let query = Self.query("-- Two of them.\nSELECT @body::text, @id + @id;\n")
    #expect(query.statement.sql == "SELECT $2::text, $1 + $1")
    #expect(query.problems.isEmpty)
    let bound = query.bind((id: 7, body: "x"))
    #expect(bound.parameters[0] as? Int64 == 7)
    #expect(bound.parameters[1] as? String == "x")
    #expect(query.parameterTypes == [.int8, .text])
  }

  @Test("names that only the text has, or only the declaration, are found")
  func wrongParameters() {
    #expect(
      Self.query("SELECT @body, @ids").problems == [
        "note: nothing is declared for @ids", "note: @id is declared and not in the text",
      ])
  }

  @Test("columns are found by name, in any order")
  func columns() async throws {
    try await TestDatabase.withPool { pool, _ in
      let query = Self.query("SELECT @body::text AS body, 'more' AS other, @id::bigint AS note_id")
      for id: Int64 in 1...2 {
        let found = try await pool.read(query, (id: id, body: id == 1 ? nil : "text"))
        let note: Note? = try found.first()
        #expect(note?.id == id)
        #expect(note?.body == (id == 1 ? nil : "text"))
      }
      let value = Query<Int32, OneColumn<Int32>>("one", Array("SELECT @n + 1".utf8), [.init("n") { $0 }])
      #expect(try await pool.lookup(value, 41).value() == 42)
    }
  }

  @Test(
    "a column that is missing, ambiguous or of another type is an error of the statement",
    arguments: [
      ("SELECT @body::text AS body, @id::bigint AS id", "note: there is no column note_id"),
      ("SELECT @body::text AS body, @id::bigint AS note_id, 1 AS body", "note: two columns are named body"),
      ("SELECT @body::text AS note_id, @id::bigint::text AS body", "note: column note_id has type 25"),
    ])
  func wrongColumns(sql: String, message: String) async throws {
    try await TestDatabase.withPool { pool, _ in
      do throws(PostgresError) {
        _ = try await pool.read(Self.query(sql), (id: 1, body: "x"))
        Issue.record("the result was read")
      } catch {
        #expect(error.kind == .invalidResult)
        #expect(error.message.hasPrefix(message))
      }
    }
  }

  @Test("columns that nobody reads are found")
  func unread() {
    let columns = [
      ResultColumn(name: "note_id", type: .int8), ResultColumn(name: "body", type: .text),
      ResultColumn(name: "extra", type: .text),
    ]
    #expect(Self.query("").problems(with: columns) == ["note: nobody reads the column extra"])
  }
}
