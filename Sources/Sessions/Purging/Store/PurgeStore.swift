import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests

/// Removes sessions that are over for good, in transactions of some tens of milliseconds, so that no feed waits for them.
///
/// What belongs to a session goes first, its events from the oldest on. So whoever reads it meanwhile, and whoever finds it
/// after the work was cut off, sees a session whose history was pruned; whoever forks it meanwhile keeps what is left. Each
/// transaction locks the heads and decides anew which of the sessions may go.
struct PurgeStore: Sendable {
  let sessions: SessionStore

  var journal: Journal { sessions.journal }
  var pool: PostgresPool { sessions.pool }

  /// How long a call begins transactions.
  private static let workingTime = Duration.seconds(10)

  /// Purges as many as the time is enough for.
  func run(_ purge: SessionPurge, in scope: CallScope) async throws(RPCError) -> PurgeSessionsResponse {
    let end = Instant.now + Self.workingTime
    var response = PurgeSessionsResponse()
    // A session may only go after its forks, which a round may meet after it.
    var before: Int64 = -1
    while before < response.sessionCount {
      before = response.sessionCount
      var place = PurgePlace()
      while let page = try await next(of: purge, after: &place, in: scope.project) {
        var left = page.filter(\.mayGo).map(\.id)[...]
        while !left.isEmpty {
          let batch = Array(left.prefix(Self.batchSessions))
          left = left.dropFirst(batch.count)
          guard try await run(batch, by: purge, in: scope, until: end, &response) else { return response }
        }
        guard Instant.now < end else { return response }
      }
    }
    response.complete = true
    return response
  }

  /// Sessions purged together.
  private static let batchSessions = 100

  /// Purges some sessions. False when time or number is used up.
  private func run(
    _ ids: [String], by purge: SessionPurge, in scope: CallScope, until end: Instant,
    _ response: inout PurgeSessionsResponse
  ) async throws(RPCError) -> Bool {
    let room = purge.maxSessions - Int(response.sessionCount)
    guard room > 0 else { return false }
    var due = ids
    while true {
      guard Instant.now < end else { return false }
      let slice = try await slice(of: due, atMost: room, by: purge, in: scope)
      due = slice.due
      response.eventCount += Int64(slice.events)
      if slice.removed == 0 { break }
    }
    if !due.isEmpty { response.sessionCount += Int64(try await finish(due, by: purge, in: scope)) }
    return true
  }

  /// What ``run(_:in:)`` would purge if its time were enough.
  func count(_ purge: SessionPurge, in project: ProjectID) async throws(RPCError) -> PurgeSessionsResponse {
    var response = PurgeSessionsResponse()
    var place = PurgePlace()
    while let page = try await next(of: purge, after: &place, in: project) {
      for events in try await events(of: page.map(\.id), by: purge, in: project) {
        if response.sessionCount == Int64(purge.maxSessions) { return response }
        response.sessionCount += 1
        response.eventCount += events
      }
    }
    response.complete = true
    return response
  }
}

/// How far a round through the sessions that are over has come.
struct PurgePlace: Sendable {
  /// Whether the ids that were asked for have been taken.
  var isLast = false
  /// When the last session ended, and which it was.
  var time = PostgresTimestamp(microseconds: 0)
  var id = ""
}
