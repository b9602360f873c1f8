import CairnAPI
import GRPC
import Journal
import Postgres
import Requests
import Wire

extension TransferStore {
  /// The next relationships of an export, those between contexts that it has: two round trips.
  ///
  /// - Returns: Those with the bytes that each is at most, and the last one that was looked at.
  func relationships(
    of export: ContextExport, after cursor: ExportCursor, in project: ProjectID
  ) async throws(RPCError) -> (
    found: [(relationship: Relationship, size: Int)], last: ExportedRelationshipPlace?
  ) {
    try await database { () async throws(PostgresError) in
      let after = ExportedRelationshipPlace(cursor.last) ?? .beforeAll
      let found = try await pool.query(
        TransferQueries.exportRelationships, (project, cursor.moment.position, after, Limits.batchItems))
      let columns = found.columns
      var relationships: [(relationship: Relationship, size: Int)] = []
      var last: ExportedRelationshipPlace?
      for row in found.rows {
        let relationship = try Relationship(decoding: row, columns)
        relationships.append((relationship, relationship.sizeBound(in: row, columns)))
        last = ExportedRelationshipPlace(key: relationship.key, end: try row.decode(columns.validTo))
      }
      let ids = Set<TextKey>(of: relationships.flatMap { [$0.relationship.source, $0.relationship.target] })
        .sortedTexts
      var exported: Set<TextKey> = []
      if !ids.isEmpty {
        let query = export.composition(finding: ids, at: cursor.moment, in: project)
        exported = Set(of: try await pool.query(TransferQueries.exported, query).values())
      }
      let between = relationships.filter { one, _ in
        exported.contains(one.source) && exported.contains(one.target)
      }
      return (between, last)
    }
  }
}

/// Where a relationship stands among all of a project.
struct ExportedRelationshipPlace {
  let key: RelationshipKey
  let end: PostgresTimestamp

  init(key: RelationshipKey, end: PostgresTimestamp) {
    self.key = key
    self.end = end
  }

  /// Before the first one.
  static let beforeAll = ExportedRelationshipPlace(
    key: RelationshipKey(source: "", kind: .unspecified, name: "", target: ""), end: .negativeInfinity)

  /// As ``text`` has it; nil when it is none.
  init?(_ text: String) {
    let parts = text.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, let kind = Int16(parts[1]), let end = Int64(parts[4]) else { return nil }
    key = RelationshipKey(
      source: parts[0], kind: RelationshipKind(rawValue: Int32(kind)), name: parts[2], target: parts[3])
    self.end = PostgresTimestamp(microseconds: end)
  }

  /// With tabs between the parts, which no id can have.
  var text: String {
    [key.source, "\(key.kind.rawValue)", key.name, key.target, "\(end.microseconds)"].joined(separator: "\t")
  }
}
