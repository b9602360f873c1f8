import CairnAPI
import EventLoop
import GRPC
import Postgres

extension Journal {
  /// Resolves a moment of the project; nil stays nil. One round trip, and for what was written just now a
  /// wait of some milliseconds until it is settled.
  package func moment(
    _ wanted: WantedMoment?, in project: ProjectID, _ call: CallContext
  ) async throws(RPCError) -> Moment? {
    guard let wanted else { return nil }
    return try await moment(
      wanted, in: project, until: call.deadline, on: call.loop, for: call.connection)
  }

  /// Resolves a moment of the project and waits until it is settled: everything that belongs to it is
  /// committed or gone.
  ///
  /// Throws OUT_OF_RANGE with POSITION_FOREIGN, POSITION_PRUNED or POSITION_IN_FUTURE; ABORTED / CONTENTION
  /// when a transaction stays open beyond the deadline, or ``JournalConfiguration/momentTimeout`` where there
  /// is none.
  ///
  /// - Parameter caller: Whose turn it is where look-ups wait for each other.
  package func moment(
    _ wanted: WantedMoment, in project: ProjectID, until deadline: Instant?, on loop: EventLoop,
    for caller: Int64 = 0
  ) async throws(RPCError) -> Moment {
    let limit = deadline ?? Instant.now + configuration.momentTimeout
    var awaited: Int64?
    while true {
      let settled = status.settled
      let answer = try await find(wanted, in: project, settled: settled, for: caller)
      switch try answer.decision(on: wanted, settled: settled, awaited: awaited) {
      case .resolved(let moment): return moment
      case .wait(let position):
        awaited = position
        try await settle(position, until: limit, on: loop)
      }
    }
  }

  /// The project's present as a moment: all that was acknowledged before is in it, and it changes no more.
  package func present(of project: ProjectID, _ call: CallContext) async throws(RPCError) -> Moment {
    let position = try await newestPosition()
    try await settle(position, until: call.deadline ?? .now + configuration.momentTimeout, on: call.loop)
    return Moment(position: position, time: .now)
  }

  func newestPosition() async throws(RPCError) -> Int64 {
    try await database { () async throws(PostgresError) in
      try await pool.lookup(JournalQueries.lastPosition, ()).value()
    }
  }

  private func find(
    _ wanted: WantedMoment, in project: ProjectID, settled: Int64, for caller: Int64
  ) async throws(RPCError) -> MomentAnswer {
    do throws(PostgresError) {
      let found = try await pool.lookup(
        JournalQueries.findMoment, (project, wanted, settled), for: caller)
      return try MomentAnswer(decoding: try found.rows.only(), found.columns)
    } catch { throw RPCError(error) }
  }

  /// Waits until everything at or below the position is committed or gone.
  func settle(_ position: Int64, until limit: Instant, on loop: EventLoop) async throws(RPCError) {
    var pause = Duration.milliseconds(1)
    ticker.nudge()
    while status.settled < position {
      guard Instant.now < limit else {
        let blocker = status.blocker.map { ": \($0.ownWords) holds it back" } ?? ""
        throw RPCError(
          .aborted, .contention, "position \(position) is not settled yet\(blocker); try again",
          retryAfter: .milliseconds(100))
      }
      do throws(CancellationError) { try await loop.sleep(for: pause) } catch {
        throw RPCError(.cancelled, "the call was cancelled")
      }
      pause = min(pause * 2, .milliseconds(20))
    }
  }
}
