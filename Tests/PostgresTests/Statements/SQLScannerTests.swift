import Testing

@testable import Postgres

@Suite struct SQLScannerTests {
  @Test(
    "parameters and includes are told from operators, quotes and comments",
    arguments: [
      ("a = @id", [.sql("a = "), .parameter("id")]),
      ("(@a,@b2::text)", [.sql("("), .parameter("a"), .sql(","), .parameter("b2"), .sql("::text)")]),
      ("words @@ query", [.sql("words @@ query")]),
      ("words @@query @>tags <@tags", [.sql("words @@query @>tags <@tags")]),
      ("'@id' || \"@id\" '{list}'", [.sql("'@id' || \"@id\" '{list}'")]),
      ("'it''s @id' @id", [.sql("'it''s @id' "), .parameter("id")]),
      ("1 -- it's @id {list}\n+ @id", [.sql("1 "), .sql("\n+ "), .parameter("id")]),
      (
        "SELECT {list}, {old.list}",
        [
          .sql("SELECT "), .include("list", alias: nil), .sql(", "), .include("list", alias: "old"),
        ]
      ),
      ("a @ b {} {Big} {a.} @", [.sql("a @ b {} {Big} {a.} @")]),
      ("'open @id", [.sql("'open @id")]),
      ("", []),
    ] as [(String, [SQLPiece])])
  func pieces(text: String, expected: [SQLPiece]) {
    #expect(SQLScanner.pieces(of: text) == expected)
  }
}
