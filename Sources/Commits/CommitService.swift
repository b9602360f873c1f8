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
  let parts: CommitParts
  let blocking: BlockingPool

  package init(
    journal: Journal, contexts: ContextCommits, sessions: SessionCommits, blocking: BlockingPool
  ) {
    self.journal = journal
    parts = CommitParts(contexts: contexts, sessions: sessions)
    self.blocking = blocking
  }

  package func commit(_ request: CommitRequest, _ call: CallContext) async throws(RPCError) -> CommitResponse
  {
    let (batch, scope) = try await journal.accept(
      request, items: request.writes.itemsToCheck, call, on: blocking
    ) {
      () throws(RPCError) in try Batch<CommitDraft>(validating: request)
    }
    return try await journal.naming(
      try await parts.repeating { () throws(RPCError) in try await write(batch, in: scope) })
  }

  private func write(
    _ batch: Batch<CommitDraft>, in scope: CallScope
  ) async throws(RPCError) -> CommitResponse {
    var response = CommitResponse()
    switch try await journal.write(parts.part(batch, in: scope), in: scope) {
    case .written(let write):
      if write.stamp != nil { await parts.finish(write.value, in: scope) }
      response.position = write.stamp?.position ?? 0
      response.results = try write.value.results(of: batch, write.stamp)
    case .repeated(let stored):
      response.position = stored.stamp.position
      response.results = try await parts.repeated(stored, batch, in: scope).results(of: batch, nil)
    }
    return response
  }
}

extension CommitRequest: WriteRequest {}
extension CommitResponse: JournalAnswer {}

extension [CommitWrite] {
  /// What there is to check.
  package var itemsToCheck: Int {
    reduce(count) { count, write in
      if case .appendEvents(let append) = write.write { count + append.events.count } else { count }
    }
  }
}
