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
      let statement = search.composition(
        in: project, at: moment, considering: configuration.consideredMatches)
      let found = try await pool.query(SearchQueries.search, statement)
      let (rows, columns) = (found.rows, found.columns)
      var response = SearchResponse()
      guard let first = rows.first else { return response }
      let total = try SearchTotal(decoding: first, columns, limit: configuration.consideredMatches)
      response.totalSize = total.estimated(total.considered)
      response.totalIsEstimated = total.isEstimated
      response.facets = search.facets.decode(
        try first.decode(columns.facets)?.text, total: total)
      if first.isNull(columns.context.id) { return response }
      let pageCount = try first.decode(columns.pageCount)
      var bytes = 0
      for row in rows.prefix(search.pageSize) {
        let hit = try SearchHit(decoding: row, columns)
        let context = hit.context ?? Context()
        bytes += context.sizeBound(metadataBytes: columns.context.metadataBytes(in: row)) + hit.highlightBytes
        if bytes > Limits.answerBytes, !response.hits.isEmpty { break }
        response.hits.append(hit)
      }
      if response.hits.count < pageCount {
        let last = rows[response.hits.count - 1]
        let place = SearchPlace(
          value: try last.decode(columns.place), number: try last.decode(columns.number),
          newest: try last.decode(columns.newest))
        response.nextPageToken = place.token(moment).text(for: search.seal)
      }
      return response
    }
  }
}

extension ContextSearch {
  /// The statement for this combination of conditions, facets, order and page.
  func composition(in project: ProjectID, at moment: Moment?, considering limit: Int) -> Composition {
    var statement = SearchQueries.search.begin()
    let matches = SearchMatches(
      query: query, conditions: conditions, newest: after?.newest, moment: moment, limit: limit)
    matches.add(to: &statement, in: project)
    statement.add("summary")
    statement.add("by_\(order.key.rawValue)")
    statement.add("placed")
    if let after {
      statement.add(
        order.isDescending ? "before" : "after",
        ["after_place": after.value, "after_number": after.number])
    }
    statement.add(order.isDescending ? "descending" : "ascending", ["page": pageSize + 1])
    for (index, facet) in facets.enumerated() {
      statement.add(index == 0 ? "facets" : "and")
      statement.add("facet_\(facet.rawValue)", ["values": Limits.facetValues])
    }
    if !facets.isEmpty { statement.add("facets_end") }
    let highlights = highlights && query != nil
    statement.add("answer")
    statement.add(facets.isEmpty ? "without_facets" : "with_facets")
    statement.add(highlights ? "with_highlights" : "without_highlights")
    if detail == .full { statement.add("full") }
    statement.add("hits")
    if highlights { statement.add("with_asked") }
    statement.add(moment == nil ? "page" : "page_then")
    if detail == .full { statement.add("full_bound", ["bytes": Limits.answerBytes]) }
    statement.add("end")
    return statement
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

  fileprivate init(decoding row: Row, _ columns: SearchColumns, limit: Int) throws(PostgresError) {
    let seen = try row.decode(columns.seen)
    considered = min(seen, Int64(limit))
    isEstimated = seen > Int64(limit)
    span = Double(try row.decode(columns.span))
    spans = Double(try row.decode(columns.spans))
  }

  /// How many there are of what was counted `count` times among the matches looked at.
  func estimated(_ count: Int64) -> Int64 {
    isEstimated ? Int64((Double(count) * max(1, spans / max(1, span))).rounded()) : count
  }
}
