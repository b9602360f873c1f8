import CairnAPI
import GRPC
import Journal
import Requests
import Wire

/// A page of relationships that may be read.
struct RelationshipList {
  /// Nil: of the whole project.
  let context: String?
  let other: String?
  let direction: WalkDirection
  let conditions: RelationshipConditions
  let showEnded: Bool
  let pageSize: Int
  /// The last row of the page before.
  let after: RelationshipPlace?
  /// The moment of the page before, or the one asked for.
  let asOf: WantedMoment?
  private let seal: PageSeal

  init(validating request: ListRelationshipsRequest, project: String, key: TokenKey) throws(RPCError) {
    var violations = Violations()
    violations.optionalIdentifier(request.context, at: "context")
    violations.optionalIdentifier(request.other, at: "other")
    direction = WalkDirection(validating: request.direction, at: "direction", &violations)
    if request.context.isEmpty {
      if !request.other.isEmpty { violations.add("has no meaning without context", at: "other") }
      if request.direction != .unspecified {
        violations.add("has no meaning without context", at: "direction")
      }
    }
    conditions = RelationshipConditions(validating: request.filter, at: "filter", &violations)
    if request.showEnded, request.filter?.validAt != nil {
      violations.add("must be absent where show_ended is set", at: "filter.valid_at")
    }
    pageSize = violations.pageSize(request.pageSize)
    let asOf = violations.asOf(request.asOf, at: "as_of")
    // A fingerprint is made of what is within its bounds.
    try violations.check()
    seal = PageSeal(Fingerprint(of: request, project: project), key)
    let token = violations.pageToken(request.pageToken, seal: seal)
    self.asOf = token?.moment.map { WantedMoment(.known($0)) } ?? asOf
    try violations.check()
    context = request.context.isEmpty ? nil : request.context
    other = request.other.isEmpty ? nil : request.other
    showEnded = request.showEnded
    after = token.flatMap { RelationshipPlace($0) }
  }

  /// The token of the page that follows `last`.
  func nextPageToken(after last: RelationshipPlace, at moment: Moment?) -> String {
    last.token(at: moment).text(for: seal)
  }
}

/// Where a row stands in a list of relationships.
package struct RelationshipPlace: Equatable {
  /// Whether it stands among those that lead to the context.
  let isIncoming: Bool
  let key: RelationshipKey
  /// Microseconds since 1970; `StoredRelationship.open` while it has no end.
  let validTo: Int64

  init(isIncoming: Bool, key: RelationshipKey, validTo: Int64) {
    self.isIncoming = isIncoming
    self.key = key
    self.validTo = validTo
  }

  package init?(_ token: PageToken) {
    let parts = token.id.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, let kind = Int16(parts[2]) else { return nil }
    self.init(
      isIncoming: parts[0] == "in",
      key: RelationshipKey(
        source: parts[1], kind: RelationshipKind(rawValue: Int32(kind)), name: parts[3], target: parts[4]),
      validTo: token.time)
  }

  package func token(at moment: Moment?) -> PageToken {
    let parts = [isIncoming ? "in" : "out", key.source, "\(key.kind.rawValue)", key.name, key.target]
    return PageToken(time: validTo, id: parts.joined(separator: "\t"), moment: moment)
  }
}

extension Fingerprint {
  fileprivate init(of request: ListRelationshipsRequest, project: String) {
    var query = request
    query.pageSize = 0
    query.pageToken = ""
    query.project = ""
    self.init()
    combine(part: "ListRelationships")
    combine(part: project)
    combine(query.serializedBytes())
  }
}
