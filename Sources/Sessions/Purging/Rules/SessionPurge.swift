import CairnAPI
import Journal
import Requests
import Wire

/// A purge of sessions that may be made.
struct SessionPurge: Sendable {
  /// Microseconds for which a session must have been over.
  let olderThan: Int64
  let isOfDeletedOnly: Bool
  /// Empty: all of the project.
  let ids: [String]
  let maxSessions: Int

  /// Sessions of a request, when it does not say it.
  static let standardSessions = 1_000
  static let mostSessions = 10_000

  init(validating request: PurgeSessionsRequest, _ violations: inout Violations) {
    if let duration = request.olderThan {
      let isInRange =
        (0...Limits.ttlSeconds).contains(duration.seconds) && (0..<1_000_000_000).contains(duration.nanos)
        && (duration.seconds < Limits.ttlSeconds || duration.nanos == 0)
      if !isInRange { violations.add("must be between zero and 3,650 days", at: "older_than") }
      olderThan = isInRange ? duration.microseconds : 0
    } else {
      violations.add("must be set", at: "older_than")
      olderThan = 0
    }
    violations.entries(request.ids, at: "ids", atMost: Limits.watchedIDs) { $0.identifier($2, at: $1) }
    maxSessions = violations.limit(
      request.maxSessions, at: "max_sessions", orElse: Self.standardSessions, atMost: Self.mostSessions)
    (isOfDeletedOnly, ids) = (request.deletedOnly, request.ids)
  }
}
