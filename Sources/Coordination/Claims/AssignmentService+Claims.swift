import CairnAPI
import EventLoop
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension AssignmentService {
  package func claimTasks(
    _ request: ClaimTasksRequest, _ call: CallContext
  ) async throws(RPCError) -> ClaimTasksResponse {
    let scope = try await journal.scope(request.project, call)
    let claim = try Claim(validating: request, by: scope.agent ?? "")
    _ = try await agents.beat(claim.agent, in: scope)
    let topic = WakeTopic.agent(scope.project, TextKey(claim.agent))
    let end = Self.end(of: claim.wait, call)
    var response = ClaimTasksResponse()
    response.tasks = try await store.wakes.waiting(for: topic, on: call.loop) { wake async throws(RPCError) in
      try await waited(for: claim, until: end, wake, in: scope, call)
    }
    if claim.wait > Self.look { _ = try await agents.beat(claim.agent, in: scope) }
    return try await journal.naming(response)
  }

  package func renewLeases(
    _ request: RenewLeasesRequest, _ call: CallContext
  ) async throws(RPCError) -> RenewLeasesResponse {
    let scope = try await journal.scope(request.project, call)
    let renewal = try Renewal(validating: request, by: scope.agent ?? "")
    let heard = try await agents.beat(renewal.agent, in: scope)
    var response = RenewLeasesResponse()
    (response.held, response.lost) = try await claims.sorted(renewal, in: scope.project)
    response.expireTime = WellKnown.Timestamp(
      PostgresTimestamp(microseconds: heard.time.microseconds &+ heard.silenceLimit))
    return response
  }

  private var claims: ClaimStore { ClaimStore(tasks: tasks) }

  /// How often a call that waits looks without a ring: what other servers assigned comes by the feed, and at last this way.
  private static var look: Duration { .seconds(1) }
  /// Of the time that a call may take: for its answer.
  private static var reserve: Duration { .milliseconds(200) }

  private static func end(of wait: Duration, _ call: CallContext) -> Instant {
    guard let left = call.timeRemaining else { return .now + wait }
    return .now + min(wait, left - reserve)
  }

  private func waited(
    for claim: Claim, until end: Instant, _ wake: Wake, in scope: CallScope, _ call: CallContext
  ) async throws(RPCError) -> [CairnTask] {
    while true {
      let found = try await claims.unbegun(claim, in: scope.project, call)
      let left = end - .now
      if !found.isEmpty { return try await begun(found, claim, in: scope, call) }
      if left <= .zero || journal.isDraining { return [] }
      await wake.wait(atMost: min(left, Self.look))
      if Task.isCancelled { throw RPCError(.cancelled, .callCancelled, "the call has ended") }
      try await journal.require(scope.project, on: call.loop)
    }
  }

  /// Begins tasks where that is asked; those that are lost meanwhile are left out.
  private func begun(
    _ found: [CairnTask], _ claim: Claim, in scope: CallScope, _ call: CallContext
  ) async throws(RPCError) -> [CairnTask] {
    if !claim.starts { return found }
    return try await tasks.begin(found, by: claim.agent, in: scope)
  }
}

extension ClaimTasksResponse: JournalAnswer {}
