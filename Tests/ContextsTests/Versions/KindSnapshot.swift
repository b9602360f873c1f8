import CairnAPI
import Postgres
import Testing

@testable import Contexts
@testable import Journal

/// The present rows of a kind, read from its table without its description's statements: by id, and by what tells rows of
/// one resource apart.
struct KindSnapshot: Equatable {
  struct Row: Equatable {
    let isDeleted: Bool
    /// The columns that make a difference, as JSON.
    let values: [String: String]
  }

  private(set) var rows: [String: [String: Row]] = [:]

  init(of kind: VersionedKind, _ pool: PostgresPool) async throws {
    let compared = kind.columns.filter(\.isCompared).map(\.name)
    let statement = Statement.composed(
      """
      SELECT ARRAY[\(kind.key.map { "\($0.name)::text" }.joined(separator: ", "))],
        \(kind.part.first.map { "\($0.name)::text" } ?? "''"),
        \(kind.deletion == .soft ? "delete_time IS NOT NULL" : "false"),
        ARRAY[\(compared.map { "coalesce(to_jsonb(\($0))::text, 'null')" }.joined(separator: ", "))]
      FROM \(kind.tables.current) WHERE project_id = 'default'
      """)
    for row in try await pool.query(statement) {
      let (key, part): ([String], String) = (try row.decode(0), try row.decode(1))
      let values: [String] = try row.decode(3)
      rows[Self.id(of: key), default: [:]][part] = Row(
        isDeleted: try row.decode(2), values: Dictionary(uniqueKeysWithValues: zip(compared, values)))
    }
  }

  /// As the journal names what has the key.
  private static func id(of key: [String]) -> String {
    guard key.count == 4 else { return key[0] }
    return RelationshipKey(
      source: key[0], kind: RelationshipKind(rawValue: Int32(key[1])!), name: key[2], target: key[3]
    ).text
  }

  /// Of the resources that are there for readers.
  var live: [String: [String: Row]] {
    rows.mapValues { $0.filter { !$0.value.isDeleted } }.filter { !$0.value.isEmpty }
  }

  var ids: Set<String> { Set(rows.keys) }
}
