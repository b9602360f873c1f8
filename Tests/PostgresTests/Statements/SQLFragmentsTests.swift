import Testing

@testable import Postgres

@Suite struct SQLFragmentsTests {
  private let fragments = SQLFragments(
    texts: [
      """
      What stands before the first fragment is a comment.
      -- columns:
      id, title,
        {times}
      -- times:
      create_time, update_time
      -- there:
      project_id = @project AND id = @id
      """
    ])

  private func text(_ sql: String) -> (pieces: [SQLPiece], problems: [String]) {
    var problems: [String] = []
    let pieces = fragments.closed(sql, &problems)
    return (pieces, problems)
  }

  @Test("a statement includes fragments, and these others")
  func includes() {
    let (pieces, problems) = text("SELECT {columns} WHERE {there}")
    let sql = pieces.map { if case .sql(let sql) = $0 { sql } else { "?" } }.joined()
    #expect(sql == "SELECT id, title,\n  create_time, update_time WHERE project_id = ? AND id = ?")
    #expect(problems.isEmpty)
  }

  @Test("a list of columns is qualified by an alias")
  func aliases() {
    #expect(text("{old.columns}").pieces == [.sql("old.id, old.title, old.create_time, old.update_time")])
    #expect(text("{old.there}").problems == ["{old.there}: {there} is no list of columns"])
  }

  @Test("a text is used in two ways with one fragment in the place of another")
  func replacements() {
    var problems: [String] = []
    let pieces = fragments.with("times", as: "columns").closed("SELECT {columns}", &problems)
    #expect(
      pieces.map { if case .sql(let sql) = $0 { sql } else { "?" } }.joined()
        == "SELECT create_time, update_time")
    #expect(problems.isEmpty)
  }

  @Test("what is not there, or includes itself, is noted and left for the server to refuse")
  func wrongNames() {
    #expect(text("SELECT {colums}").problems == ["there is no fragment {colums}"])
    let loop = SQLFragments(texts: ["-- a:\n{b}\n-- b:\n{a}\n-- a:\n1"])
    #expect(loop.problems.contains("there are two fragments {a}"))
    #expect(SQLFragments(texts: ["-- a:\n{a}"]).problems == ["{a} includes itself"])
  }

  @Test("a library takes over the fragments of others")
  func libraries() {
    let library = SQLFragments(texts: ["-- row:\n({columns})"], including: [fragments])
    #expect(library.names == ["row"])
    #expect(library.problems.isEmpty)
    #expect(library.pieces(of: "times") != nil)
  }
}
