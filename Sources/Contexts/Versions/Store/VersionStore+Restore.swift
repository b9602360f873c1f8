import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension VersionStore {
  /// Gives a context the values of an old version, in one write of two round trips.
  func restore(_ restoration: VersionRestoration, in scope: CallScope) async throws(RPCError) -> Context {
    let id = restoration.id
    let version = (project: scope.project, id: id, version: restoration.version)
    let locks = [ContextQueries.lock.bind((scope.project, [id])), VersionQueries.find.bind(version)]
    let result = try await contexts.journal.write(in: scope, locking: [.contexts([id], by: locks)]) {
      locked throws(RPCError) in
      let head = try StoredHeads(locked.rows[0])[id]
      let isKept = try database { () throws(PostgresError) in
        try VersionQueries.find.results(locked.rows[1]).value()
      }
      let target = try restoration.resolved(against: head, isKept: isKept).get()
      return WritePlan(
        statements: VersionedKind.contexts.restoring(
          version: restoration.version, row: [[id]], in: scope.project),
        changes: [.context(id, action: "restored", from: target.oldVersion)],
        answer: { WriteAnswer([.success(id)]).bytes }
      ) { written throws(RPCError) in
        guard let context = try Context.byID(written.rows)[id] else {
          throw .contextNotFound(id)
        }
        return (context: scope.told(context, over: head), formerBytes: head?.contentBytes ?? 0)
      }
    }
    switch result {
    case .repeated(let stored): return try await contexts.repeated(stored, detail: .full, in: scope)[0].get()
    case .written(let write):
      let (context, formerBytes) = write.value
      if write.stamp != nil {
        await contexts.words.finish(
          WrittenTexts(id: id, bytes: max(formerBytes, context.textBytes)), in: scope.project)
      }
      return context
    }
  }
}
