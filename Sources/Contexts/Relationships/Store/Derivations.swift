import Journal
import Postgres

/// That a new context comes from others: relationships that another room stores in a write of its own. They need no
/// lock and no look, because nothing leads from the context yet.
struct Derivations {
  private let keys: [RelationshipKey]

  init(of id: String, from sources: [String]) {
    keys = sources.map { RelationshipKey(source: id, kind: .derivedFrom, name: "", target: $0) }
  }

  func insertion(in project: ProjectID) -> BoundStatement {
    RelationshipQueries.insert.bind(
      [project.text] + keys.columns + [
        keys.map { _ in PostgresTimestamp?.none }, keys.map { _ in PostgresTimestamp.infinity },
        keys.map { _ in 1.0 }, keys.map { _ in JSONB("null") },
      ])
  }

  var changes: [ChangeRecord] { keys.map { .relationship($0, "created", from: nil) } }
}
