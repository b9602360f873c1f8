import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension RelationshipStore {
  /// Ends relationships in one write of two round trips.
  func unrelate(
    _ batch: Batch<RelationshipEnding>, in scope: CallScope
  ) async throws(RPCError) -> RelationshipAnswer {
    let endings = batch.valid
    let locks = RelationshipLocks(endings.map(\.key), scope.project, containing: false)
    let looks = endings.isEmpty ? [] : [locks.statement, Self.look(for: endings, scope)]
    let result = try await journal.write(
      in: scope, locking: [WriteLock(.relationship, rows: locks.rows, looks)]
    ) {
      locked throws(RPCError) in
      let decided = try Self.decide(batch, given: locked.rows.last)
      let outcomes = decided.map { $0.map(\.outcome) }
      return WritePlan(
        outcomes, statements: Self.writes(of: decided.successes(), in: scope),
        changes: decided.successes().map(\.change), answer: { RelationshipAnswer.bytes(outcomes) })
    }
    let endsNow = { (place: Int) in
      if case .success(let ending) = batch.items[place] {
        !ending.removes && ending.validTo == nil
      } else {
        false
      }
    }
    switch result {
    case .repeated(let stored): return try RelationshipAnswer(stored, ended: endsNow)
    case .written(let write): return RelationshipAnswer(write.value, write.stamp, ended: endsNow)
    }
  }

  private static func look(for endings: [RelationshipEnding], _ scope: CallScope) -> BoundStatement {
    RelationshipQueries.find.bind(
      (
        scope.project, endings.map(\.key), endings.map { PostgresTimestamp($0.validTo) },
        endings.map { _ in .infinity }
      ))
  }

  private static func decide(
    _ batch: Batch<RelationshipEnding>, given rows: Rows?
  ) throws(RPCError) -> [Result<ResolvedEnding, RPCError>] {
    let stored = try rows.map { rows throws(RPCError) in
      try database { () throws(PostgresError) in try StoredRelationship.byKey(rows) }
    }
    return try batch.decided { $0.resolved(stored?[$0.key] ?? []) }
  }

  private static func writes(of resolved: [ResolvedEnding], in scope: CallScope) -> [BoundStatement] {
    if resolved.isEmpty { return [] }
    let project = scope.project
    func rows(_ endings: [ResolvedEnding]) -> [any PostgresValue] {
      endings.map(\.ending.key).columns + [ends(endings)]
    }
    func ends(_ endings: [ResolvedEnding]) -> [PostgresTimestamp] {
      endings.map { PostgresTimestamp(microseconds: $0.before.validTo) }
    }
    let removed = resolved.filter(\.ending.removes)
    let ended = resolved.filter { !$0.ending.removes }
    var statements = VersionedKind.relationships.superseding(rows: rows(resolved), in: project)
    if !removed.isEmpty {
      statements.append(VersionedKind.relationships.removing(rows: rows(removed), in: project))
    }
    if !ended.isEmpty {
      statements.append(
        RelationshipQueries.end.bind(
          (
            project, ended.map(\.ending.key), ends(ended),
            ended.map { PostgresTimestamp($0.ending.validTo) }
          )))
    }
    return statements
  }
}

extension StoredRelationship {
  /// From the rows of `find_relationships`.
  static func byKey(_ rows: Rows) throws(PostgresError) -> [RelationshipKey: [StoredRelationship]] {
    var stored: [RelationshipKey: [StoredRelationship]] = [:]
    let found: [StoredRelationship] = try RelationshipQueries.find.results(rows).decoded()
    for relationship in found {
      stored[relationship.key, default: []].append(relationship)
    }
    return stored
  }
}

extension ResolvedEnding {
  fileprivate var change: ChangeRecord {
    .relationship(ending.key, action: ending.removes ? "removed" : "ended", from: before.version)
  }
}

extension ChangeRecord {
  /// A relationship went from one version to the next; from none when it was stored.
  static func relationship(_ key: RelationshipKey, action: String, from version: Int64?) -> ChangeRecord {
    ChangeRecord(
      kind: "relationship", id: key.text, action: action, oldVersion: version,
      newVersion: (version ?? 0) + 1)
  }
}
