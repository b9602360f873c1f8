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
      (
        project, keys, keys.map { _ in nil }, keys.map { _ in .infinity }, keys.map { _ in 1 },
        keys.map { _ in "null" }
      ))
  }

  var changes: [ChangeRecord] { keys.map { .relationship($0, action: "created", from: nil) } }
}
