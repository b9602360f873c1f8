import CairnAPI
import GRPC
import Journal
import Postgres
import Requests

extension VersionStore {
  /// Gives a context the values of an old version, in one write of two round trips.
  func restore(_ restoration: VersionRestoration, _ scope: CallScope) async throws(RPCError) -> Context {
    let (project, id) = (scope.project.text, restoration.id)
    let locks = [
      ContextQueries.lock.bind([project, [id]]),
      VersionQueries.find.bind([project, id, restoration.version]),
    ]
    let result = try await contexts.journal.write(scope, locking: [.contexts([id], locks)]) {
      locked throws(RPCError) in
      let head = try StoredHead.byID(locked.rows[0])[id]
      let isKept: Bool = try database { () throws(PostgresError) in try locked.rows[1].only().decode(0) }
      let target = try restoration.resolved(against: head, isKept: isKept).get()
      return WritePlan(
        statements: [VersionQueries.restore.bind([project, id, restoration.version])],
        changes: [.context(id, "restored", from: target.oldVersion)],
        answer: { WriteAnswer([.success(id)]).bytes }
      ) { written throws(RPCError) in
        guard let context = try Context.byID(written.rows, isFull: true)[id] else {
          throw .contextNotFound(id)
        }
        return (context: context, formerBytes: head?.contentBytes ?? 0)
      }
    }
    switch result {
    case .repeated(let stored): return try await contexts.repeated(stored, isFull: true, scope)[0].get()
    case .written(let write):
      let (context, formerBytes) = write.value
      await contexts.words.finish(
        WrittenTexts(id: id, bytes: max(formerBytes, context.textBytes)), in: scope.project)
      return context
    }
  }

  /// What a restoration would do, for those who only ask: two round trips.
  func planned(_ restoration: VersionRestoration, _ scope: CallScope) async throws(RPCError) -> Context {
    let stored = try await contexts.stored([restoration.id], scope)[restoration.id]
    let old = stored == nil ? nil : try await versions(VersionLookup(restoration), in: scope.project)
    _ = try restoration.resolved(against: stored?.head, isKept: old?.version != nil).get()
    return restoration.applied(to: stored?.context ?? Context(), old?.version?.context ?? Context())
  }
}
