import CairnAPI
import Postgres
import Requests
import Wire

/// Where the columns of `search_contexts` are that follow those of the context.
enum SearchColumn {
  static let number = Context.columnCount
  static let place = Context.columnCount + 1
  static let score = Context.columnCount + 2
  static let seen = Context.columnCount + 3
  static let newest = Context.columnCount + 4
  static let span = Context.columnCount + 5
  static let spans = Context.columnCount + 6
  static let pageCount = Context.columnCount + 7
  static let facets = Context.columnCount + 8
  /// The highlights.
  static let title = Context.columnCount + 9
  static let passages = Context.columnCount + 10
  /// And data after it.
  static let content = Context.columnCount + 11
}

extension SearchHit {
  /// From a row of `search_contexts`.
  init(decoding row: Row, isFull: Bool) throws(PostgresError) {
    self.init()
    context = try Context(decoding: row, contentColumn: isFull ? SearchColumn.content : nil)
    score = try row.decode(SearchColumn.score)
    title = try row.decode(SearchColumn.title, as: [String]?.self).map { Highlight(of: $0) }
    content = try row.decode(SearchColumn.passages, as: [String]?.self).map { Highlight(of: $0) }
  }

  /// Bytes of the highlights in the message, at most.
  var highlightBytes: Int { (title?.sizeBound ?? 0) + (content?.sizeBound ?? 0) }
}

extension [SearchFacet] {
  /// The facets in the order asked for, from `{"type": [["1", 12], …], …}`.
  func decode(_ json: String?, _ total: SearchTotal) -> [Facet] {
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
