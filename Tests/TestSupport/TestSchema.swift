import Postgres

/// What is in a new test database. Migrated once, as a template: each database is a copy.
package struct TestSchema: Sendable {
  /// The name of the template; nil for databases with nothing in them.
  let template: Result<String, any Error>?

  package static let empty = TestSchema(template: nil)

  private init(template: Result<String, any Error>?) { self.template = template }

  /// - Parameter more: Adds what the migrations do not have, such as the tables of a test's own domain.
  package init(_ migrations: [Migration], more: (BlockingConnection) throws -> Void = { _ in }) {
    template = Result {
      let name = TestDatabase.newName()
      try BlockingConnection(url: TestDatabase.clusterURL).execute("CREATE DATABASE \(name)")
      let url = TestDatabase.url(of: name)
      try Migrator(migrations, url: url).apply()
      try more(BlockingConnection(url: url))
      return name
    }
  }
}
