import GRPC
import Postgres

/// Requests that were named by their callers: done once, answered as often as they are repeated.
extension Journal {
  /// Stores the answer of a create in its own transaction. Fails with a unique violation, which takes the write
  /// back, when a twin was faster; stores nothing when nothing was written.
  func storing(_ answer: [UInt8], for request: RequestKey, in scope: CallScope) -> BoundStatement {
    JournalQueries.storeRequest.bind(
      (scope, request, answer, configuration.requestLifetime.components.seconds))
  }

  /// The same of a write that has drawn its position before its other statements: it is stored whatever these came to.
  func storingDrawn(_ answer: [UInt8], for request: RequestKey, in scope: CallScope) -> BoundStatement {
    JournalQueries.storeAnswer.bind(
      (scope, request, answer, configuration.requestLifetime.components.seconds))
  }

  /// What a create keeps with its own statement.
  func keeping(_ answer: [UInt8], of request: RequestKey) -> NamedCreate {
    NamedCreate(request: request, answer: answer, seconds: configuration.requestLifetime.components.seconds)
  }

  /// Stores the answer of a request that changes nothing, so that a repetition, which might find things changed, changes
  /// nothing either.
  func storingRefusals(
    _ answer: [UInt8], for request: RequestKey, in scope: CallScope
  ) -> BoundStatement {
    JournalQueries.storeRefusals.bind(
      (scope, request, answer, configuration.requestLifetime.components.seconds))
  }

  /// Runs a write that stores its answer, unless the request was answered before.
  ///
  /// The write is tried first, and the table of requests is looked at only when the answer was not stored:
  /// requests are rarely repeated. Because the answer is stored with the write, it may be tried again even
  /// when nobody knows whether it was committed.
  func once<Written>(
    _ request: RequestKey, in scope: CallScope,
    write: () async throws(WriteFailure) -> WriteAttempt<Written>
  ) async throws(WriteFailure) -> WriteResult<Written> {
    var attempts = 0
    while true {
      attempts += 1
      let failure: WriteFailure
      do throws(WriteFailure) {
        let attempt = try await write()
        if attempt.isStored { return attempt.result }
        // Nothing was written: perhaps because a twin had written it.
        if let answer = try await findAnswer(to: request, in: scope) { return .repeated(answer) }
        if attempt.yieldsToAnswers, attempts < configuration.writeAttempts { continue }
        return attempt.result
      } catch { failure = error }
      guard failure.mayBeTwin || failure.mayBeRepeated else { throw failure }
      if let answer = try await findAnswer(to: request, in: scope, after: failure) {
        return .repeated(answer)
      }
      guard failure.mayBeRepeated, attempts < configuration.writeAttempts else { throw failure }
    }
  }

  /// What was answered to the request, if it was.
  ///
  /// - Parameter failure: Why this is asked; thrown when the database cannot be asked.
  private func findAnswer(
    to request: RequestKey, in scope: CallScope, after failure: WriteFailure? = nil
  ) async throws(WriteFailure) -> StoredAnswer? {
    let stored: StoredRequest
    do throws(PostgresError) {
      stored = try StoredRequest(
        try await pool.lookup(JournalQueries.findRequest, (scope, request)))
      if case .expired = stored {
        _ = try await pool.write(JournalQueries.forgetRequest, (scope, request))
      }
    } catch { throw failure ?? WriteFailure(error) }
    do throws(RPCError) { return try stored.answer(to: request) } catch { throw WriteFailure(error) }
  }
}
