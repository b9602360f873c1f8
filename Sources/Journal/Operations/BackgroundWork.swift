import Postgres

/// A kind of work that outlives the call that asked for it.
package protocol BackgroundWork: Sendable {
  /// Names it in `operation.kind`.
  var kind: String { get }

  /// Does one short step of `operation` and says how far it is: a second at most, because a call that cancels the operation
  /// waits for it. What the step writes is committed together with its progress: it is done once, whatever breaks.
  func step(
    _ operation: OperationRow, in transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress
}

/// What one step did.
package struct WorkProgress: Sendable {
  /// Items done in this step.
  let done: Int64
  /// Where to go on; nil when nothing is left.
  let resume: String?
  /// How long nothing can be done, as while the work waits for others.
  let pause: Duration

  package init(done: Int64, resume: String?, pause: Duration = .zero) {
    self.done = done
    self.resume = resume
    self.pause = pause
  }
}
