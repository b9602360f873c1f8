/// Brings a database's schema up to date.
///
/// Blocking: call it before the loops serve, or on the ``BlockingPool``.
package struct Migrator: Sendable {
  /// One migration as the database and the program see it.
  package struct Status: Sendable, Equatable {
    package enum State: Sendable, Equatable { case applied, pending, changed, unknown }
    package let module: String
    package let version: Int
    package let name: String
    package let state: State
  }

  /// - Parameters:
  ///   - migrations: In the order in which modules depend on each other, each module's by version.
  ///   - url: Connects as the owner of the tables.
  ///   - role: Gets the rights to use (not own) what migrations create; nil when it is the owner.
  package init(_ migrations: [Migration], url: String, role: String? = nil) {
    fatalError("not yet")
  }

  /// Applies what is pending, each in a transaction of its own, and returns what it applied. Safe
  /// when two servers do it at once. Throws `migration` when the database was made by a newer
  /// version or a recorded file was changed since.
  @discardableResult
  package func apply() throws(PostgresError) -> [Migration] { fatalError("not yet") }

  /// Compares the database with the program; changes nothing.
  package func status() throws(PostgresError) -> [Status] { fatalError("not yet") }
}
