import GRPC
import Postgres
import Wire

extension VersionedKind {
  /// Brings resources back to their state at a moment, in one write: what was changed since gets its former values under
  /// a new version, what was created since is deleted in the way of its kind, what was deleted since comes back. What is
  /// as it was is not written. The write's value says what became of each, in the order of the resources.
  ///
  /// Feeds wait for a write, so callers with many resources divide them: some hundreds of small ones at a time.
  ///
  /// - Parameters:
  ///   - ids: As the journal names them, each once.
  ///   - moment: Settled, and not before the horizon: of ``Journal/moment(_:in:until:on:)``.
  ///   - accepts: Asked for each step that would be written, while the rows are locked. A resource of which a step is not
  ///     accepted is not written (`declined`). What it throws takes everything back.
  ///   - answer: The bytes of the answer, for a named request.
  package func writeBack(
    _ ids: [String], to moment: Moment, in project: ProjectID,
    accepts: @escaping (WriteBackStep) throws(RPCError) -> Bool = { _ in true },
    answer: (([WriteBackStep]) -> [UInt8])? = nil
  ) -> WritePart<[WriteBackStep]> {
    let keys = keys(ids)
    let plan = statements.plan.bind([project.text, moment.position, moment.time] + keys)
    var locks =
      locks?(ids, project)
      ?? [WriteLock(lock, rows: ids, [statements.lock.bind([project.text] + keys)])]
    let count = locks.reduce(0) { $0 + $1.statements.count }
    locks.append(WriteLock(lock, [plan] + (check?.looks(ids, project) ?? [])))
    return WritePart(locking: ids.isEmpty ? [] : locks) { locked throws(RPCError) in
      if ids.isEmpty { return WritePlan([], answer: answer.map { answer in { answer([]) } }) }
      var rows = try database { () throws(PostgresError) in
        try WriteBackRows(decoding: locked.rows[count], ids, of: self)
      }
      if let check {
        let refused = try check.refused(rows.planned, Array(locked.rows[(count + 1)...]))
        rows.withhold(.contradicting) { refused.contains(TextKey($0.id)) }
      }
      try rows.withhold(.declined) { step throws(RPCError) in
        guard step.isWritten else { return false }
        return try !accepts(step)
      }
      let changes = rows.steps.filter(\.isWritten).map { $0.change(of: self) }
      return WritePlan(
        rows.steps, statements: try self.writing(rows, back: moment, in: project), changes: changes,
        answer: answer.map { answer in { answer(rows.steps) } })
    }
  }

  /// What belongs after a write-back that has committed, and before its answer.
  ///
  /// - Parameter steps: The value of its write.
  package func finish(_ steps: [WriteBackStep], in project: ProjectID) async {
    let ids = steps.filter(\.isWritten).map(\.id)
    if !ids.isEmpty { await afterwards?(ids, project) }
  }

  private func writing(
    _ rows: WriteBackRows, back moment: Moment, in project: ProjectID
  ) throws(RPCError) -> [BoundStatement] {
    let present = try rows.columns(of: self) { $0.isWritten && !$0.isStoredAnew }
    let changed = try rows.columns(of: self) {
      $0.isWritten && $0.outcome != .removed && !$0.isStoredAnew
    }
    let removed = try rows.columns(of: self) { $0.outcome == .removed }
    let returned = try rows.columns(of: self) { $0.isStoredAnew }
    var written: [BoundStatement] = []
    if let present { written += superseding(rows: present.values, in: project) }
    if let removed, let delete = statements.delete {
      let parameters: [any PostgresValue] =
        deletion == .soft ? [project.text, boundParameter] : [project.text]
      written.append(delete.bind(parameters + removed.values))
    }
    if let changed {
      written.append(
        statements.writeBack.bind(
          [project.text, moment.position, moment.time, boundParameter] + changed.values))
    }
    if let returned {
      let versions = returned.steps.map { $0.newVersion ?? 1 }
      written.append(
        statements.returnRows.bind([project.text, moment.position] + returned.values + [versions]))
    }
    return written.isEmpty ? [] : prologue + written
  }
}
