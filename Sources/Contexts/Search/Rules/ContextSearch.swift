import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A search that may be made.
struct ContextSearch {
  /// Nil: everything that meets the conditions.
  let query: SearchQuery?
  let conditions: ContextConditions
  let facets: [SearchFacet]
  let order: SearchOrder
  let after: SearchPlace?
  let pageSize: Int
  let detail: ContextDetail
  let highlights: Bool
  /// The moment to search, as the request or the page token says; nil for now.
  let asOf: WantedMoment?
  /// Of everything that a page token must agree with.
  let seal: PageSeal

  init(validating request: SearchRequest, project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    query = violations.searchQuery(request.query, at: "query")
    conditions = ContextConditions(
      validating: request.filter ?? ContextFilter(), showDeleted: false, at: "filter", &violations)
    facets = violations.facets(request.facets, at: "facets")
    let order = SearchOrder(request.orderBy)
    if order == nil {
      violations.add(
        "must be `relevance`, or `create_time` or `update_time`, with or without ` desc`", at: "order_by")
    }
    self.order = order ?? .standard
    pageSize = violations.pageSize(
      request.pageSize, orElse: Limits.defaultSearchPage, atMost: Limits.largestSearchPage)
    violations.view(request.view, at: "view")
    detail = request.view.detail
    highlights = request.highlight
    let asOf = violations.asOf(request.asOf, at: "as_of")
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, order: self.order, project: project), key)
    let token = violations.pageToken(request.pageToken, seal: seal)
    after = token.flatMap { SearchPlace($0) }
    if after == nil, !request.pageToken.isEmpty, violations.isEmpty {
      violations.add("is not one that a search gave", at: "page_token", reason: .pageTokenInvalid)
    }
    // Later pages are of the moment that the first one was of.
    self.asOf = token?.moment.map { WantedMoment(.known($0)) } ?? asOf
    try violations.check()
  }
}

/// How hits are sorted; equal ones by their age, the newest first where the order is descending.
struct SearchOrder: Equatable {
  enum Key: String {
    case score
    case createTime = "create_time"
    case updateTime = "update_time"
  }

  let key: Key
  let isDescending: Bool

  /// The best first.
  static let standard = SearchOrder(key: .score, isDescending: true)

  init(key: Key, isDescending: Bool) {
    self.key = key
    self.isDescending = isDescending
  }

  /// Reads `order_by`; nil when it is something else.
  init?(_ text: String) {
    guard text.utf8.count <= ListOrder.longest else { return nil }
    let words = text.split(separator: " ")
    if words.isEmpty || words == ["relevance"] || words == ["relevance", "desc"] {
      self = .standard
      return
    }
    guard let order = ListOrder(text) else { return nil }
    switch order.key {
    case .createTime: self.init(key: .createTime, isDescending: order.isDescending)
    case .updateTime: self.init(key: .updateTime, isDescending: order.isDescending)
    case .id: return nil
    }
  }
}

/// Where a page of a search ends: the sort key of its last hit, and the newest context that the search knows.
package struct SearchPlace: Equatable {
  /// Score, or seconds since 1970.
  let value: Double
  let number: Int64
  /// What was created later is no part of this search.
  let newest: Int64

  init(value: Double, number: Int64, newest: Int64) {
    self.value = value
    self.number = number
    self.newest = newest
  }

  package init?(_ token: PageToken) {
    let parts = token.id.split(separator: "/").map { Int64($0) }
    guard parts.count == 2, let number = parts[0], let newest = parts[1], number >= 0, newest >= 0 else {
      return nil
    }
    self.init(value: Double(bitPattern: UInt64(bitPattern: token.time)), number: number, newest: newest)
  }

  /// The token of the page that follows.
  package func token(_ moment: Moment?) -> PageToken {
    PageToken(time: Int64(bitPattern: value.bitPattern), id: "\(number)/\(newest)", moment: moment)
  }
}

/// What a search can count.
enum SearchFacet: String, CaseIterable { case type, status, tag, owner, month }

extension Violations {
  /// Nil for no text. No more than a bound of characters and of the terms that `counting` counts.
  mutating func searchQuery(
    _ text: String, at field: String, atMost length: Int = Limits.queryLength,
    counting: (SearchQuery) -> Int = \.termCount
  ) -> SearchQuery? {
    if text.utf8.count > 4 * length || text.unicodeScalars.count > length {
      add("must have at most \(length) characters", at: field)
      return nil
    }
    noNUL(text, at: field)
    if text.isEmpty { return nil }
    let query = SearchQuery(text)
    let terms = counting(query)
    if terms > Limits.queryTerms {
      add("must have at most \(Limits.queryTerms) terms, not \(terms)", at: field)
    }
    if query.hasShortPrefix {
      add("must have at least \(SearchQuery.shortestPrefix) characters before a `*`", at: field)
    }
    return query
  }

  fileprivate mutating func facets(_ names: [String], at field: String) -> [SearchFacet] {
    guard names.count <= SearchFacet.allCases.count else {
      add("must have at most \(SearchFacet.allCases.count) entries, not \(names.count)", at: field)
      return []
    }
    var facets: [SearchFacet] = []
    for (index, name) in names.enumerated() {
      guard let facet = SearchFacet(rawValue: name) else {
        let known = SearchFacet.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        add("must be one of \(known), not \(name.quoted)", at: "\(field)[\(index)]")
        continue
      }
      if facets.contains(facet) { add("is there twice", at: "\(field)[\(index)]") }
      facets.append(facet)
    }
    return facets
  }
}

extension Fingerprint {
  fileprivate init(of request: SearchRequest, order: SearchOrder, project: String) {
    self.init()
    combine(part: "Search")
    combine(part: project)
    combine(part: request.query)
    combine(part: "\(order.key.rawValue) \(order.isDescending)")
    combine((request.filter ?? ContextFilter()).serializedBytes())
    if let asOf = request.asOf {
      combine(part: "as of")
      combine(asOf.serializedBytes())
    }
  }
}
