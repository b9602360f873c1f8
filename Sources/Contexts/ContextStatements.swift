import Postgres

/// The statements of all rooms, for the test that goes over all statements.
package enum ContextStatements {
  package static let all: [any CheckedStatement] =
    ContextQueries.all + RelationshipQueries.all + TemplateQueries.all + SearchQueries.all + MemoryQueries.all
    + VersionQueries.all + TransferQueries.all + LifetimeQueries.all
}
