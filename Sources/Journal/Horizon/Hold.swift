import CairnAPI
import EventLoop
import GRPC
import Postgres

/// A claim on a project's state at a position: the horizon stops there until the hold is released, or its time is over.
package struct Hold: Sendable, Hashable {
  /// What needs the state.
  package enum Kind: String, Sendable, CaseIterable {
    case point, recording
    /// An export under way, which needs what is purged meanwhile, too.
    case export
  }

  package let project: ProjectID
  /// Names it within its project.
  package let id: String
  package let kind: Kind
  package let position: Int64

  /// A hold at the position of the write that it is a statement of, until it is released. Nothing is locked for it: the
  /// horizon comes to no position before its write has ended.
  package static func here(_ id: String, kind: Kind, in project: ProjectID) -> BoundStatement {
    JournalQueries.holdHere.bind(.init(project: project, id: id, kind: kind))
  }

  /// A hold at an earlier position, as a part of a write; until it is released. The horizon stays where it is until the
  /// write has ended. Throws POSITION_PRUNED where it has passed the position.
  package static func part(
    _ id: String, kind: Kind, at position: Int64, in project: ProjectID
  ) -> WritePart<Hold> {
    let lock = WriteLock(.horizon, [JournalQueries.keepHorizon.bind(project)])
    return WritePart(locking: [lock]) { locked throws(RPCError) in
      let pruned = try database { () throws(PostgresError) in
        try JournalQueries.keepHorizon.results(locked.rows[0]).value()
      }
      if position < pruned { throw .positionPruned(position, oldest: pruned) }
      return WritePlan(
        Hold(project: project, id: id, kind: kind, position: position),
        statements: [JournalQueries.holdAt.bind((.init(project: project, id: id, kind: kind), position))])
    }
  }

  /// Releases a hold; without effect where there is none.
  package static func releasing(_ id: String, in project: ProjectID) -> BoundStatement {
    JournalQueries.releaseHold.bind((project, id))
  }

  static func taking(
    _ id: String, kind: Kind, at position: Int64?, for duration: Duration, in project: ProjectID
  ) -> BoundStatement {
    JournalQueries.takeHold.bind(
      (.init(project: project, id: id, kind: kind), position, duration / .seconds(1)))
  }

  private init(project: ProjectID, id: String, kind: Kind, position: Int64) {
    self.project = project
    self.id = id
    self.kind = kind
    self.position = position
  }

  /// From the row of `take_hold`. Throws POSITION_PRUNED when nothing was taken.
  init(taken rows: Rows, _ id: String, _ kind: Kind, in project: ProjectID) throws(RPCError) {
    let (position, pruned) = try database { () throws(PostgresError) in
      let (row, columns) = (try rows.only(), try JournalQueries.takeHold.columns(in: rows))
      return (try row.decode(columns.position), try row.decode(columns.pruned))
    }
    if position < pruned { throw .positionPruned(position, oldest: pruned) }
    self.init(project: project, id: id, kind: kind, position: position)
  }
}

extension Journal {
  /// Runs `body` while the state of a project is held, and lets go of it afterwards. The hold is renewed meanwhile, for a
  /// day at most; when this server dies it lapses within a minute.
  ///
  /// Throws POSITION_PRUNED when the horizon has passed `position`.
  /// - Parameter position: Nil for the horizon itself: all that is kept is held.
  package func holding<Answer>(
    _ kind: Hold.Kind, at position: Int64?, in project: ProjectID, on loop: EventLoop,
    body: (Hold) async throws(RPCError) -> Answer
  ) async throws(RPCError) -> Answer {
    let id = UUID128.makeVersion7().description
    let lifetime = configuration.holdLifetime
    let hold = try await take(
      Hold.taking(id, kind: kind, at: position, for: lifetime, in: project), id: id, kind: kind, in: project)
    let longest = configuration.longestHold
    let renewal = loop.startTask { [pool] in
      let renew = Hold.taking(id, kind: kind, at: hold.position, for: lifetime, in: project)
      let end = Instant.now + longest
      while !Task.isCancelled, Instant.now < end {
        guard (try? await loop.sleep(for: lifetime / 4)) != nil else { return }
        // What fails is tried again; the reader sees whether the state is still there.
        _ = try? await pool.write(renew.statement, renew.parameters)
      }
    }
    let result: Result<Answer, RPCError>
    do throws(RPCError) { result = .success(try await body(hold)) } catch { result = .failure(error) }
    renewal.cancel()
    // Not in the call's own time, which may be over; else it lapses.
    loop.startTask { [pool] in
      await renewal.value
      let release = Hold.releasing(id, in: project)
      _ = try? await pool.write(release.statement, release.parameters)
    }
    return try result.get()
  }

  private func take(
    _ statement: BoundStatement, id: String, kind: Hold.Kind, in project: ProjectID
  ) async throws(RPCError) -> Hold {
    let rows = try await database { () async throws(PostgresError) in
      try await pool.write(statement.statement, statement.parameters)
    }
    return try Hold(taken: rows, id, kind, in: project)
  }
}

extension RPCError {
  /// - Parameter oldest: The first position that may be asked for.
  static func positionPruned(_ position: Int64, oldest: Int64) -> RPCError {
    RPCError(
      .outOfRange, .positionPruned, "the history up to position \(oldest) was pruned",
      ["position": String(position), "oldest": String(oldest)])
  }
}
