import Journal
import Postgres

/// Makes the words of all contexts of a project anew, in the order of their ids.
package struct Reindexing: BackgroundWork {
  package let kind = "reindex"

  /// Contexts of a step: those of ordinary length take some 20 ms, during which they cannot be changed.
  private static let stepSize = 100

  package func step(
    _ operation: OperationRow, _ transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    let rows = try await transaction.query(
      ContextQueries.renewWords, [operation.project.text, operation.resume, Self.stepSize])
    let row = try rows.only()
    let renewed: Int64 = try row.decode(0)
    // Every id begins with a character: the empty text comes before all of them.
    let isLast = renewed < Self.stepSize
    return WorkProgress(done: renewed, resume: isLast ? nil : try row.decode(1))
  }
}
