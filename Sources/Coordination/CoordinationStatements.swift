import Postgres

/// Every statement of this module, for tests.
package enum CoordinationStatements {
  package static let all: [any CheckedStatement] =
    DispatchLock.all + EventQueries.all + DispatchQueries.all
}
