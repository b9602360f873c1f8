import CairnAPI
import GRPC
import Journal
import Wire

extension Violations {
  /// The number of rows to read for a `page_size`.
  package mutating func pageSize(
    _ size: Int32, orElse standard: Int = Limits.defaultPageSize, atMost largest: Int = Limits.largestPageSize
  ) -> Int {
    limit(size, at: "page_size", orElse: standard, atMost: largest)
  }

  /// A limit that a caller asks for (AIP-158): 0 stands for `standard`, more than `largest` is cut to it, a negative
  /// number is wrong.
  package mutating func limit(
    _ value: Int32, at field: String, orElse standard: Int, atMost largest: Int
  ) -> Int {
    if value < 0 { add("must not be negative", at: field) }
    return value <= 0 ? standard : min(Int(value), largest)
  }

  /// The row that a page follows; nil for the first page.
  package mutating func pageToken(_ text: String, seal: PageSeal) -> PageToken? {
    if text.isEmpty { return nil }
    let token = PageToken(text, for: seal)
    if token == nil {
      add(
        "is not one that a list with this filter and order gave", at: "page_token", reason: .pageTokenInvalid)
    }
    return token
  }
}

/// A request for a page of a list, as every domain has them. Name yours: `extension ListThingsRequest: ListRequest {}`.
package protocol ListRequest: Message {
  var pageSize: Int32 { get set }
  var pageToken: String { get set }
  /// Empty where the call's metadata says it.
  var project: String { get set }
}

extension Fingerprint {
  /// Of everything that the next page must be asked for with again: all of the request but size and token, and the
  /// project. The request must be within its bounds.
  package init(of request: some ListRequest, in project: String) {
    var query = request
    query.pageSize = 0
    query.pageToken = ""
    query.project = ""
    self.init()
    combine(part: type(of: request).messageName)
    combine(part: project)
    combine(query.serializedBytes())
  }
}

/// A page of a list that is ordered by id: where it begins, and of which moment.
package struct ListPage {
  package let project: ProjectID
  /// The id that the page comes after; empty for the first page.
  package let after: String
  /// The moment that all pages are of; nil: each of its own present.
  package let moment: Moment?
  private let size: Int
  private let seal: PageSeal

  /// Rows to read: one more than the page has, which tells whether another page follows.
  package var limit: Int { size + 1 }

  fileprivate init(_ project: ProjectID, after: String, size: Int, moment: Moment?, _ seal: PageSeal) {
    (self.project, self.after, self.size, self.moment, self.seal) = (project, after, size, moment, seal)
  }

  /// The token of the page after this one.
  package func token(after id: String) -> String {
    PageToken(time: 0, id: id, moment: moment).text(for: seal)
  }

  /// Of the rows that were read those of the page, and the token of the next page; empty when this is the last one.
  package func cut<Row>(_ rows: [Row], id: (Row) -> String) -> (rows: [Row], next: String) {
    let page = Array(rows.prefix(size))
    guard rows.count > size, let last = page.last else { return (page, "") }
    return (page, token(after: id(last)))
  }
}

extension Journal {
  /// The page that a request asks for.
  ///
  /// - Parameter validate: Adds to the violations what is wrong with the rest of the request.
  package func page(
    of request: some ListRequest, asOf: AsOf? = nil, _ call: CallContext,
    validate: (inout Violations) -> Void = { _ in }
  ) async throws(RPCError) -> ListPage {
    let project = try await self.project(request.project, call)
    var violations = Violations()
    let size = violations.pageSize(request.pageSize)
    let wanted = violations.asOf(asOf, at: "as_of")
    validate(&violations)
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    let seal = PageSeal(Fingerprint(of: request, in: project.text), try await tokenKey())
    let token = violations.pageToken(request.pageToken, seal: seal)
    try violations.check()
    let moment = try await moment(
      token?.moment.map { WantedMoment(.known($0)) } ?? wanted, in: project, call)
    return ListPage(project, after: token?.id ?? "", size: size, moment: moment, seal)
  }

  /// The project and the moment that a read is of; nil: the present.
  ///
  /// - Parameters:
  ///   - named: The project that the request names, empty for none.
  ///   - validate: Adds to the violations what is wrong with the rest of the request.
  package func moment(
    of asOf: AsOf?, in named: String, _ call: CallContext, validate: (inout Violations) -> Void
  ) async throws(RPCError) -> (project: ProjectID, moment: Moment?) {
    var violations = Violations()
    validate(&violations)
    let wanted = violations.asOf(asOf, at: "as_of")
    try violations.check()
    let project = try await self.project(named, call)
    return (project, try await moment(wanted, in: project, call))
  }
}
