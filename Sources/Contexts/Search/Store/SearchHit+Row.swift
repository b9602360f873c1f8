import CairnAPI
import Postgres
import Requests
import Wire

/// The columns of `search_contexts`. Those of a context are NULL in the only row where nothing was found.
struct SearchColumns: ColumnLayout {
  let context: Context.Columns
  let number, newest, seen, span, spans: Column<Int64>
  let place, score: Column<Double>
  let pageCount: Column<Int>
  let facets: Column<JSONB?>
  /// The highlights.
  let titleMarks, passages: Column<[String]?>

  init(_ find: inout ColumnFinder) {
    context = Context.Columns(&find)
    number = find("number")
    place = find("place")
    score = find("score")
    seen = find("seen")
    newest = find("newest")
    span = find("span")
    spans = find("spans")
    pageCount = find("page_count")
    facets = find("facets")
    titleMarks = find("title_marks")
    passages = find("passages")
  }
}

extension SearchHit {
  /// From a row of `search_contexts`.
  init(decoding row: Row, _ columns: SearchColumns) throws(PostgresError) {
    self.init()
    context = try Context(decoding: row, columns.context)
    score = try row.decode(columns.score)
    title = try row.decode(columns.titleMarks).map { Highlight(of: $0) }
    content = try row.decode(columns.passages).map { Highlight(of: $0) }
  }

  /// Bytes of the highlights in the message, at most.
  var highlightBytes: Int { (title?.sizeBound ?? 0) + (content?.sizeBound ?? 0) }
}

extension [SearchFacet] {
  /// The facets in the order asked for, from `{"type": [["1", 12], …], …}`.
  func decode(_ json: String?, total: SearchTotal) -> [Facet] {
    var counts: [String: JSONValue] = [:]
    if let json, case .object(let members)? = try? JSONParser.parse(json) {
      for member in members { counts[member.name] = member.value }
    }
    return map { name in
      var facet = Facet()
      facet.name = name.rawValue
      facet.estimated = total.isEstimated
      guard case .array(let values)? = counts[name.rawValue] else { return facet }
      facet.values = values.compactMap { value in
        guard case .array(let pair) = value, pair.count == 2, case .string(let text) = pair[0],
          case .number(let count) = pair[1]
        else { return nil }
        var value = Facet.Value()
        value.value = name.text(of: text)
        value.count = total.estimated(Int64(count) ?? 0)
        return value
      }
      return facet
    }
  }
}

extension SearchFacet {
  /// A stored value as the API names it.
  fileprivate func text(of stored: String) -> String {
    let number = Int32(stored) ?? 0
    return switch self {
    case .type: ContextType.schema.name(of: number) ?? stored
    case .status: ContextStatus.schema.name(of: number) ?? stored
    case .tag, .owner, .month: stored
    }
  }
}
