import Postgres
import Testing

@testable import Postgres

@Suite struct QueryFragmentsTests {
  @Test("fragments are put together in order, their values numbered")
  func composition() {
    let fragments = QueryFragments(
      """
      -- A comment before the first fragment.
      -- head:
      SELECT 1 WHERE a = $?
      -- two:
        AND b BETWEEN $? AND $?
      -- none:
        AND c
      """)
    var query = QueryFragments.Composition(fragments)
    query.add("head", "x")
    query.add("none")
    query.add("two", Int64(1), Int64(2))
    #expect(query.sql == "SELECT 1 WHERE a = $1\n  AND c\n  AND b BETWEEN $2 AND $3\n")
    #expect(query.parameters.count == 3)
  }
}
