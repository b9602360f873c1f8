import CairnAPI
import Contexts
import EventLoop
import GRPC
import Journal
import Requests
import Sessions

/// `cairn.v1.CommitService`: parts of several domains in one write. It has no tables.
package struct CommitService: CommitServiceProvider {
  let journal: Journal
  let contexts: ContextCommits
  let sessions: SessionCommits
  let blocking: BlockingPool

  package init(
    journal: Journal, contexts: ContextCommits, sessions: SessionCommits, blocking: BlockingPool
  ) {
    self.journal = journal
    self.contexts = contexts
    self.sessions = sessions
    self.blocking = blocking
  }

  package func commit(_ request: CommitRequest, _ call: CallContext) async throws(RPCError) -> CommitResponse
  {
    let (batch, scope) = try await journal.accept(request, items: request.items, call, on: blocking) {
      () throws(RPCError) in try Batch<CommitDraft>(validating: request)
    }
    let written = try await contexts.repeating { () throws(RPCError) in
      try await write(batch, in: scope)
    }
    return try await journal.naming(try CommitResponse(batch, written))
  }

  private func write(
    _ batch: Batch<CommitDraft>, in scope: CallScope
  ) async throws(RPCError) -> WrittenCommit {
    let appends = batch.selecting(\.append)
    let part = contexts.part(batch.selecting(\.context), batch.selecting(\.relationship), in: scope)
      .and(sessions.part(appends, in: scope))
    switch try await journal.write(part, in: scope) {
    case .written(let write):
      let (contexts, appended) = write.value
      if write.stamp != nil { await self.contexts.finish(contexts, in: scope) }
      return WrittenCommit(
        contexts: contexts, appended: appended, position: write.stamp?.position ?? 0, stamp: write.stamp)
    case .repeated(let stored):
      let (contexts, logs) = try stored.divided()
      return WrittenCommit(
        contexts: try await self.contexts.repeated(contexts, in: scope),
        appended: try sessions.repeated(logs, appends), position: stored.stamp.position, stamp: nil)
    }
  }
}

extension CommitRequest: WriteRequest {}
extension CommitResponse: JournalAnswer {}

extension CommitRequest {
  /// What there is to check.
  fileprivate var items: Int {
    writes.reduce(writes.count) { count, write in
      if case .appendEvents(let append) = write.write { count + append.events.count } else { count }
    }
  }
}

/// What the parts of a commit came to.
private struct WrittenCommit {
  let contexts: WrittenContexts
  let appended: [AppendEventResponse]
  let position: Int64
  /// What the write gave; nil when nothing was written, or the answer is repeated.
  let stamp: Stamp?
}

extension CommitResponse {
  fileprivate init(_ batch: Batch<CommitDraft>, _ written: WrittenCommit) throws(RPCError) {
    self.init()
    position = written.position
    let answer = try written.contexts.answer(written.stamp)
    var contexts = answer.contexts.makeIterator()
    var relationships = answer.relationships.makeIterator()
    var appended = written.appended.makeIterator()
    results = batch.valid.map { draft in
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
