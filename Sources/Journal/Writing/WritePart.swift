import GRPC

/// What one kind of resource does in a write: what it locks, and what it decides about the locked rows.
///
/// A write has one part or many (``and(_:)``). The journal takes all locks, asks for all decisions, reports everything
/// that stands against them at once, draws one position, and writes: two round trips for any number of parts. No part
/// sees another one's rows.
package struct WritePart<Value> {
  let locks: [WriteLock]
  /// Changes nothing itself: it may be asked again when the transaction lost against another one. What it throws takes
  /// everything back.
  let decide: (LockedRows) throws(RPCError) -> WritePlan<Value>

  package init(
    locking locks: [WriteLock] = [], _ decide: @escaping (LockedRows) throws(RPCError) -> WritePlan<Value>
  ) {
    self.locks = locks
    self.decide = decide
  }

  /// Both in one write. Of a kind that both lock, name all rows in one of them: keys are in order only within a part.
  package func and<Other>(_ other: WritePart<Other>) -> WritePart<(Value, Other)> {
    let count = locks.reduce(0) { $0 + $1.statements.count }
    return WritePart<(Value, Other)>(locking: locks + other.locks) { locked throws(RPCError) in
      let (mine, others) = locked.divided(after: count)
      switch (self.decision(on: mine), other.decision(on: others)) {
      case (.success(let first), .success(let second)): return first.and(second)
      case (.failure(let error), .success), (.success, .failure(let error)): throw error
      case (.failure(let first), .failure(let second)): throw RPCError(violated: [first, second])
      }
    }
  }

  /// The same with another value.
  package func map<Other>(
    _ transform: @escaping (Value) throws(RPCError) -> Other
  ) -> WritePart<Other> {
    WritePart<Other>(locking: locks) { locked throws(RPCError) in try self.decide(locked).map(transform) }
  }

  /// Several parts of one kind in one write, in the order of the keys that they lock.
  package static func all(_ parts: [WritePart]) -> WritePart<[Value]> {
    let nothing = WritePart<[Value]> { _ throws(RPCError) in WritePlan([]) }
    return parts.reduce(nothing) { all, part in all.and(part).map { both in both.0 + [both.1] } }
  }

  /// The same while the lease holds; what else stands against it is said, too. Its lock comes after those that the part itself
  /// takes of leases: who ends the lease must not hold it shared before.
  func fenced(by lease: Lease, in project: ProjectID) -> WritePart<Value> {
    let count = locks.reduce(0) { $0 + $1.statements.count }
    return WritePart(locking: locks + [lease.lock(in: project)]) { locked throws(RPCError) in
      let (mine, last) = locked.divided(after: count)
      switch (lease.isCurrent(last.rows[0]), self.decision(on: mine)) {
      case (true, .success(let plan)): return plan
      case (true, .failure(let error)): throw error
      case (false, .success): throw .leaseLost(lease)
      case (false, .failure(let error)): throw RPCError(violated: [.leaseLost(lease), error])
      }
    }
  }

  private func decision(on locked: LockedRows) -> Result<WritePlan<Value>, RPCError> {
    do throws(RPCError) { return .success(try decide(locked)) } catch { return .failure(error) }
  }
}
