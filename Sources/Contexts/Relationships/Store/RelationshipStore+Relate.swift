import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension RelationshipStore {
  /// Stores relationships in one write of two round trips.
  func relate(
    _ batch: Batch<RelationshipDraft>, in scope: CallScope
  ) async throws(RPCError) -> RelationshipAnswer {
    switch try await journal.write(Self.part(batch, in: scope), in: scope) {
    case .repeated(let stored): return try RelationshipAnswer(stored)
    case .written(let write): return RelationshipAnswer(write.value, write.stamp)
    }
  }

  /// The same as a part of a write of several kinds.
  ///
  /// - Parameter contexts: What the same write makes of contexts.
  static func part(
    _ batch: Batch<RelationshipDraft>, after contexts: ContextStates = ContextStates(), in scope: CallScope
  ) -> WritePart<[Result<Relationship, RPCError>]> {
    let statements = looks(for: batch.valid, scope)
    let rows = RelationshipLocks(batch.valid, scope.project).rows
    return WritePart(locking: [WriteLock(.relationship, rows: rows, statements)]) { locked throws(RPCError) in
      var looks = try RelateLooks(Array(locked.rows.dropFirst()))
      looks.contexts.change(to: contexts)
      let decided = try decide(batch, given: looks)
      let outcomes = decided.map { $0.map(\.outcome) }
      return WritePlan(
        outcomes, statements: writes(of: decided.successes(), in: scope),
        changes: decided.successes().map(\.change), answer: { RelationshipAnswer.bytes(outcomes) })
    }
  }

  /// The locks of a write of these relationships, and what it must know after them.
  static func looks(
    for drafts: [RelationshipDraft], _ scope: CallScope
  ) -> [BoundStatement] {
    if drafts.isEmpty { return [] }
    let project = scope.project
    let keys = drafts.map(\.key)
    let ids = Set<TextKey>(of: keys.flatMap { [$0.source, $0.target] }).sortedTexts
    let containers = drafts.filter { $0.key.kind == .contains }
    var statements = [
      RelationshipLocks(drafts, project).statement,
      RelationshipQueries.contextStates.bind((project, ids)),
      RelationshipQueries.find.bind(
        (
          project, keys, drafts.map { PostgresTimestamp($0.validFrom) },
          drafts.map { PostgresTimestamp(microseconds: $0.validTo ?? StoredRelationship.open) }
        )),
    ]
    if !containers.isEmpty {
      statements.append(
        RelationshipQueries.containers.bind(
          (
            project, Set<TextKey>(of: containers.map(\.key.source)).sortedTexts,
            PostgresTimestamp(containers.compactMap(\.validFrom).min()), Limits.containers + 1
          )))
    }
    return statements
  }

  static func decide(
    _ batch: Batch<RelationshipDraft>, given looks: RelateLooks
  ) throws(RPCError) -> [Result<ResolvedRelationship, RPCError>] {
    var containment = looks.containment
    return try batch.decided { draft in
      draft.resolved(over: looks.stored[draft.key] ?? [], between: looks.contexts).flatMap { resolved in
        guard draft.key.kind == .contains else { return .success(resolved) }
        // What has no beginning yet begins in a moment: whatever holds now or later counts.
        let from = draft.validFrom ?? resolved.before?.validFrom ?? looks.now
        let to = draft.validTo ?? StoredRelationship.open
        if let loop = containment.loop(closing: draft.key.source, draft.key.target, from: from, to: to) {
          return .failure(.containsLoop(loop))
        }
        containment.insert(draft.key.target, in: draft.key.source, from: from, to: to)
        return .success(resolved)
      }
    }
  }

  static func writes(of resolved: [ResolvedRelationship], in scope: CallScope) -> [BoundStatement] {
    let project = scope.project
    let new = resolved.filter { $0.before == nil }.map(\.draft)
    let changed = resolved.filter { $0.before != nil }
    var statements: [BoundStatement] = []
    if !new.isEmpty {
      statements.append(
        RelationshipQueries.insert.bind(
          (
            project, new.map(\.key), new.map { PostgresTimestamp($0.validFrom) },
            new.map { PostgresTimestamp(microseconds: $0.validTo ?? StoredRelationship.open) },
            new.map { $0.weight ?? 1 }, new.map { JSONB($0.metadata ?? "null") }
          )))
    }
    if !changed.isEmpty {
      let drafts = changed.map(\.draft)
      let keys = drafts.map(\.key)
      statements += VersionedKind.relationships.superseding(
        rows: keys.columns + [keys.map { _ in PostgresTimestamp.infinity }], in: project)
      statements.append(RelationshipQueries.update.bind((project, drafts)))
    }
    return statements
  }
}

/// What a write of relationships has looked up.
struct RelateLooks {
  var contexts = ContextStates()
  var stored: [RelationshipKey: [StoredRelationship]] = [:]
  var containment = Containment()
  /// In microseconds. By the clock of this server: it matters only for containments that end while they are
  /// looked at.
  let now = PostgresTimestamp.now.microseconds

  init(_ rows: [Rows]) throws(RPCError) {
    if rows.isEmpty { return }
    (contexts, stored) = try database { () throws(PostgresError) in
      (
        try ContextStates(decoding: try RelationshipQueries.contextStates.results(rows[0])),
        try StoredRelationship.byKey(rows[1])
      )
    }
    guard rows.count > 2 else { return }
    if rows[2].count > Limits.containers { throw .tooManyContainers }
    containment = try database { () throws(PostgresError) in
      var containment = Containment()
      let found = try RelationshipQueries.containers.results(rows[2])
      let columns = found.columns
      for row in found.rows {
        containment.insert(
          try row.decode(columns.target), in: try row.decode(columns.source),
          from: try row.decode(columns.validFrom).microseconds,
          to: try row.decode(columns.validTo).microseconds)
      }
      return containment
    }
  }
}

extension ResolvedRelationship {
  var change: ChangeRecord {
    .relationship(draft.key, action: before == nil ? "created" : "updated", from: before?.version)
  }
}
