import Testing

@testable import Postgres

@Suite struct ComposedQueryTests {
  private let fragments = SQLFragments(
    texts: [
      """
      -- head:
      SELECT {columns} WHERE a = @project
      -- columns:
      a, b
      -- between:
        AND b BETWEEN @from AND @to
      -- none:
        AND a <> @project
      """
    ])

  @Test("fragments are put together in order, each name with one number")
  func composition() {
    var query = Composition(fragments)
    query.add("head", ["project": "x"])
    query.add("none")
    query.add("between", ["from": Int64(1), "to": Int64(2)])
    #expect(query.sql == "SELECT a, b WHERE a = $1\n  AND a <> $1\n  AND b BETWEEN $2 AND $3\n")
    #expect(query.parameters.count == 3)
    #expect(query.fragments == ["head", "none", "between"])
    #expect(query.problems.isEmpty)
  }

  @Test("a name that is given again has its new value from there on")
  func again() {
    var query = Composition(fragments)
    query.add("between", ["from": Int64(1), "to": Int64(2)])
    query.add("between", ["from": Int64(3)])
    #expect(query.sql == "  AND b BETWEEN $1 AND $2\n  AND b BETWEEN $3 AND $2\n")
  }

  @Test("wrong names are noted, and left for the server to refuse")
  func wrongNames() {
    var query = Composition(fragments)
    query.add("haed")
    query.add("none", ["from": Int64(1)])
    #expect(
      query.problems == [
        "there is no fragment {haed}", "{none} has no @from", "{none} has no value for @project",
      ])
    #expect(query.sql.contains("{haed}") && query.sql.contains("@project"))
  }
}
