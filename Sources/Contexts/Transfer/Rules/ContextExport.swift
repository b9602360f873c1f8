import CairnAPI
import GRPC
import Journal
import Requests

/// An export that may be made.
struct ContextExport {
  var conditions: ContextConditions
  let includesVersions: Bool
  let includesRelationships: Bool
  let isJSON: Bool
  /// The moment to show; nil: that of the call.
  let asOf: WantedMoment?
  /// Where to go on; nil: at the beginning.
  let start: ExportCursor?
  private let seal: PageSeal

  init(validating request: ExportContextsRequest, project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    conditions = ContextConditions(
      validating: request.filter ?? ContextFilter(), showDeleted: request.showDeleted, at: "filter",
      &violations)
    if case .unrecognized(let number) = request.format {
      violations.add("has an unknown value, \(number)", at: "format")
    }
    asOf = violations.asOf(request.asOf, at: "as_of")
    includesVersions = request.includeVersions
    includesRelationships = request.includeRelationships
    isJSON = request.format == .jsonLines
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, project: project), key)
    start = violations.exportCursor(request.resumeToken, at: "resume_token", seal: seal)
    try violations.check()
  }

  func token(for cursor: ExportCursor) -> String { cursor.pageToken.text(for: seal) }
}

/// How far an export has come.
package struct ExportCursor: Equatable {
  enum Phase: String {
    case contexts = ">"
    case relationships = "~"
  }

  /// The moment that the whole export shows.
  let moment: Moment
  /// Records sent so far.
  var sent = 0
  var phase = Phase.contexts
  /// The last context looked at, or what is known of the last relationship; empty before the first.
  var last = ""

  /// More records than any export has.
  private static let most: Int64 = 1 << 53

  init(_ moment: Moment) { self.moment = moment }

  /// As a page token, whose id is never empty: its time is the number of records.
  package var pageToken: PageToken { PageToken(time: Int64(sent), id: phase.rawValue + last, moment: moment) }

  package init?(_ token: PageToken) {
    // The first scalar, whatever the id behind it begins with.
    let (first, rest) = (token.id.unicodeScalars.prefix(1), token.id.unicodeScalars.dropFirst())
    guard let moment = token.moment, (0...Self.most).contains(token.time),
      let phase = Phase(rawValue: String(first))
    else { return nil }
    self.moment = moment
    self.phase = phase
    sent = Int(token.time)
    last = String(rest)
    if phase == .relationships, !last.isEmpty, ExportedRelationshipPlace(last) == nil { return nil }
  }
}

extension Fingerprint {
  fileprivate init(of request: ExportContextsRequest, project: String) {
    self.init(parts: [
      "ExportContexts", project,
      "\(request.showDeleted) \(request.includeVersions) \(request.includeRelationships)",
    ])
    combine((request.filter ?? ContextFilter()).serializedBytes())
    combine((request.asOf ?? AsOf()).serializedBytes())
  }
}

extension Violations {
  fileprivate mutating func exportCursor(
    _ text: String, at field: String, seal: PageSeal
  ) -> ExportCursor? {
    if text.isEmpty { return nil }
    let cursor = PageToken(text, for: seal).flatMap { ExportCursor($0) }
    if cursor == nil {
      add("is not one that an export with this filter gave", at: field, reason: .pageTokenInvalid)
    }
    return cursor
  }
}
