import CairnAPI
import Contexts
import GRPC
import Journal
import Requests
import Sessions

/// The parts of several domains in one write: what a Commit is, and what other writes may have with them.
package struct CommitParts: Sendable {
  let contexts: ContextCommits
  let sessions: SessionCommits

  package init(contexts: ContextCommits, sessions: SessionCommits) {
    self.contexts = contexts
    self.sessions = sessions
  }

  /// A part of a write, which is run with ``repeating(_:)`` and followed by ``finish(_:in:)``.
  package func part(_ batch: Batch<CommitDraft>, in scope: CallScope) -> WritePart<WrittenCommit> {
    contexts.part(batch.selecting(\.context), batch.selecting(\.relationship), in: scope)
      .and(sessions.part(batch.selecting(\.append), in: scope))
      .map { WrittenCommit(contexts: $0.0, appended: $0.1) }
  }

  /// Runs a write again when another one used an id of its contexts meanwhile.
  package func repeating<Value>(
    _ write: () async throws(RPCError) -> Value
  ) async throws(RPCError) -> Value {
    try await contexts.repeating(write)
  }

  /// After the write has committed.
  package func finish(_ written: WrittenCommit, in scope: CallScope) async {
    await contexts.finish(written.contexts, in: scope)
  }

  /// What a named request was answered before.
  package func repeated(
    _ stored: StoredAnswer, _ batch: Batch<CommitDraft>, in scope: CallScope
  ) async throws(RPCError) -> WrittenCommit {
    let (contexts, logs) = try stored.divided()
    return WrittenCommit(
      contexts: try await self.contexts.repeated(contexts, in: scope),
      appended: try sessions.repeated(logs, batch.selecting(\.append)))
  }
}

/// What the parts of a commit came to.
package struct WrittenCommit {
  let contexts: WrittenContexts
  let appended: [AppendEventResponse]

  /// One result a write, in the order of the request.
  ///
  /// - Parameter stamp: What the write gave; nil when nothing was written, or the answer is repeated.
  package func results(of batch: Batch<CommitDraft>, _ stamp: Stamp?) throws(RPCError) -> [CommitResult] {
    let answer = try contexts.answer(stamp)
    var contexts = answer.contexts.makeIterator()
    var relationships = answer.relationships.makeIterator()
    var appended = appended.makeIterator()
    return batch.valid.map { draft in
      var result = CommitResult()
      switch draft {
      case .context: result.outcome = contexts.next().map { .context($0) }
      case .relationship: result.outcome = relationships.next().map { .relationship($0) }
      case .append: result.outcome = appended.next().map { .appended($0) }
      case .nothing: break
      }
      return result
    }
  }
}
