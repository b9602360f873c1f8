import CairnAPI
import EventLoop
import GRPC
import Postgres

/// How long readers may rely on what they were told of a horizon. Rows go only ``JournalConfiguration/pruneGrace`` after
/// the horizon has passed them, so what was read within a part of that is whole.
struct HorizonSight {
  let since: Instant
  let grace: Duration

  /// Whether nothing that was there at ``since`` can be gone at `now`. A pruner counts the grace from the end of its
  /// commit, so half of it leaves room for clocks that run differently.
  func isWhole(at now: Instant = .now) -> Bool { now - since < grace / 2 }
}

extension Journal {
  /// Reads as of a moment: resolves it, has `body` read, and sees that none of what it read was pruned meanwhile. Without
  /// a wish `body` reads the present. A read that takes less than some seconds costs no further round trip.
  ///
  /// Throws what ``moment(_:in:_:)`` throws; what `body` throws counts only when history was still there.
  package func reading<Answer>(
    _ wanted: WantedMoment?, in project: ProjectID, _ call: CallContext,
    body: (Moment?) async throws(RPCError) -> Answer
  ) async throws(RPCError) -> Answer {
    guard let wanted else { return try await body(nil) }
    let sight = HorizonSight(since: .now, grace: configuration.pruneGrace)
    guard let moment = try await moment(wanted, in: project, call) else { return try await body(nil) }
    do throws(RPCError) {
      let answer = try await body(moment)
      try await confirm(moment, in: project, sight: sight)
      return answer
    } catch {
      if error.reason != .positionPruned { try await confirm(moment, in: project, sight: sight) }
      throw error
    }
  }

  /// Throws POSITION_PRUNED when the horizon of the project has passed the moment.
  private func confirm(
    _ moment: Moment, in project: ProjectID, sight: HorizonSight
  ) async throws(RPCError) {
    if sight.isWhole() { return }
    try await confirm(moment.position, in: project)
  }

  /// Throws POSITION_PRUNED when the horizon of the project has passed the position: else what was read of it before is
  /// whole.
  package func confirm(_ position: Int64, in project: ProjectID) async throws(RPCError) {
    _ = try await extent(of: project).cursor(.after(position), journal: nil)
  }

  /// Throws POSITION_PRUNED when the hold has lapsed and the horizon has passed it.
  package func confirm(_ hold: Hold) async throws(RPCError) {
    try await confirm(hold.position, in: hold.project)
  }

  private func extent(of project: ProjectID) async throws(RPCError) -> JournalExtent {
    try await database { () async throws(PostgresError) -> JournalExtent in
      let found = try await pool.lookup(JournalQueries.readJournal, project)
      return try JournalExtent(decoding: try found.rows.only(), found.columns)
    }
  }
}
