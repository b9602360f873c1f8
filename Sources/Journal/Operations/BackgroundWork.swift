import Postgres

/// A kind of work that outlives the call that asked for it.
package protocol BackgroundWork: Sendable {
  /// Names it in `operation.kind`.
  var kind: String { get }

  /// Does one short step of `operation` (a second at most, or others are held up) and says how far it is.
  /// What the step writes is committed together with its progress: it is done once, whatever breaks.
  func step(
    _ operation: OperationRow, _ transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress
}

/// What one step did.
package struct WorkProgress: Sendable {
  /// Items done in this step.
  let done: Int64
  /// Where to go on; nil when nothing is left.
  let resume: String?

  package init(done: Int64, resume: String?) {
    self.done = done
    self.resume = resume
  }
}
