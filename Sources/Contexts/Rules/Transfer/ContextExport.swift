import CairnAPI
import Requests
import GRPC
import Journal

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
  private let fingerprint: Fingerprint

  init(validating request: ExportContextsRequest, project: String) throws(RPCError) {
    var violations = Violations()
    conditions = ContextConditions(
      validating: request.filter ?? ContextFilter(), showDeleted: request.showDeleted, at: "filter",
      &violations)
    if case .unrecognized(let number) = request.format {
      violations.add("format", "has an unknown value, \(number)")
    }
    asOf = violations.asOf("as_of", request.asOf)
    includesVersions = request.includeVersions
    includesRelationships = request.includeRelationships
    isJSON = request.format == .jsonLines
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    fingerprint = Fingerprint(of: request, project: project)
    start = violations.exportCursor("resume_token", request.resumeToken, fingerprint)
    try violations.check()
  }

  func token(for cursor: ExportCursor) -> String { cursor.pageToken.text(for: fingerprint) }
}

/// How far an export has come.
struct ExportCursor: Equatable {
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

  init(_ moment: Moment) { self.moment = moment }

  /// As a page token, whose id is never empty: its time is the number of records.
  var pageToken: PageToken { PageToken(time: Int64(sent), id: phase.rawValue + last, moment: moment) }

  init?(_ token: PageToken) {
    guard let moment = token.moment, token.time >= 0, let phase = Phase(rawValue: String(token.id.prefix(1)))
    else { return nil }
    self.moment = moment
    self.phase = phase
    sent = Int(token.time)
    last = String(token.id.dropFirst())
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
    _ field: String, _ text: String, _ fingerprint: Fingerprint
  ) -> ExportCursor? {
    if text.isEmpty { return nil }
    let cursor =
      text.utf8.count > Limits.pageTokenBytes
      ? nil : PageToken(text, for: fingerprint).flatMap { ExportCursor($0) }
    if cursor == nil {
      add(field, "is not one that an export with this filter gave", .pageTokenInvalid)
    }
    return cursor
  }
}
