import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

/// Searches in PostgreSQL's text index, and the index itself.
struct SearchStore: Sendable {
  let pool: PostgresPool
  let configuration: ContextConfiguration

  /// One page of a search with its facets: one round trip, work and answer of bounded size.
  func search(
    _ search: ContextSearch, at moment: Moment? = nil, in project: ProjectID
  ) async throws(RPCError) -> SearchResponse {
    try await database { () async throws(PostgresError) in
      let query = search.statement(
        in: project, at: moment, considering: configuration.consideredMatches)
      let rows = try await pool.query(query.statement, query.parameters)
      var response = SearchResponse()
      guard let first = rows.first else { return response }
      let total = try SearchTotal(decoding: first, limit: configuration.consideredMatches)
      response.totalSize = total.estimated(total.considered)
      response.totalIsEstimated = total.isEstimated
      response.facets = search.facets.decode(
        try first.decode(SearchColumn.facets, as: JSONB?.self)?.text, total)
      if first.isNull(0) { return response }
      let pageCount: Int = try first.decode(SearchColumn.pageCount)
      var bytes = 0
      for row in rows.prefix(search.pageSize) {
        let hit = try SearchHit(decoding: row, isFull: search.isFull)
        let context = hit.context ?? Context()
        bytes += context.sizeBound(metadataBytes: row.metadataBytes) + hit.highlightBytes
        if bytes > Limits.answerBytes, !response.hits.isEmpty { break }
        response.hits.append(hit)
      }
      if response.hits.count < pageCount {
        let last = rows[response.hits.count - 1]
        let place = SearchPlace(
          value: try last.decode(SearchColumn.place), number: try last.decode(SearchColumn.number),
          newest: try last.decode(SearchColumn.newest))
        response.nextPageToken = place.token(moment).text(for: search.seal)
      }
      return response
    }
  }
}

extension ContextSearch {
  /// The statement for this combination of conditions, facets, order and page.
  fileprivate func statement(
    in project: ProjectID, at moment: Moment?, considering limit: Int
  ) -> BoundStatement {
    var statement = QueryFragments.Composition(SearchQueries.search)
    let matches = SearchMatches(
      query: query, conditions: conditions, newest: after?.newest, moment: moment, limit: limit)
    matches.add(to: &statement, in: project)
    statement.add("summary")
    statement.add("by_\(order.key.rawValue)")
    statement.add("placed")
    if let after { statement.add(order.isDescending ? "before" : "after", after.value, after.number) }
    statement.add(order.isDescending ? "descending" : "ascending", pageSize + 1)
    for (index, facet) in facets.enumerated() {
      statement.add(index == 0 ? "facets" : "and")
      statement.add("facet_\(facet.rawValue)", Limits.facetValues)
    }
    if !facets.isEmpty { statement.add("facets_end") }
    let highlights = highlights && query != nil
    statement.add("answer")
    statement.add(facets.isEmpty ? "without_facets" : "with_facets")
    statement.add(highlights ? "with_highlights" : "without_highlights")
    if isFull { statement.add("full") }
    statement.add("hits")
    if highlights { statement.add("with_asked") }
    statement.add(moment == nil ? "page" : "page_then")
    if isFull { statement.add("full_bound", Limits.answerBytes) }
    statement.add("end")
    return statement.statement
  }
}

/// How many contexts match, as far as it was looked.
struct SearchTotal {
  /// Matches looked at.
  let considered: Int64
  /// Whether there are more.
  let isEstimated: Bool
  /// Contexts of the project, and how many of them were looked at, by their numbers.
  private let spans: Double
  private let span: Double

  fileprivate init(decoding row: Row, limit: Int) throws(PostgresError) {
    let seen: Int64 = try row.decode(SearchColumn.seen)
    considered = min(seen, Int64(limit))
    isEstimated = seen > Int64(limit)
    span = Double(try row.decode(SearchColumn.span, as: Int64.self))
    spans = Double(try row.decode(SearchColumn.spans, as: Int64.self))
  }

  /// How many there are of what was counted `count` times among the matches looked at.
  func estimated(_ count: Int64) -> Int64 {
    isEstimated ? Int64((Double(count) * max(1, spans / max(1, span))).rounded()) : count
  }
}
