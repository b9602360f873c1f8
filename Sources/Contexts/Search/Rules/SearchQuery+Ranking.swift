/// What a rank is made of: the terms that may be there. One that must not be there says nothing of how well a text fits,
/// and beside it PostgreSQL's ranks are next to nothing.
extension SearchQuery {
  /// Any of the terms, as a tsquery; empty when there are none.
  var ranking: String { positive.joined().map(\.tsquery).joined(separator: " | ") }

  /// The groups that are asked for together, as a tsquery; empty for fewer than two.
  var nearness: String { positive.count > 1 ? Self.tsquery(of: positive) : "" }

  private var positive: [[Term]] {
    groups.map { $0.filter { !$0.isExcluded } }.filter { !$0.isEmpty }
  }
}
