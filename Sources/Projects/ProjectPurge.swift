import Journal
import Postgres

/// Removes what a deleted project held, a short batch a step.
///
/// ```
/// removing ──nothing left──▶ waiting ──nobody can write there any more, and still nothing left──▶ gone
///     ▲                         └──something was left──┐
///     └────────────────────────────────────────────────┘
/// ```
///
/// It knows no domain: what a project holds is what the tables of the schema hold under its id (`journal_purge`). A
/// write that was under way when the project was deleted, or a server that had not heard of it, may still add something;
/// so at the end it waits for both, and looks once more.
package struct ProjectPurge: BackgroundWork {
  static let kind = "purge-project"
  package var kind: String { Self.kind }

  /// Seconds after the deletion in which every server has heard of it, and what was asked before has a connection or
  /// has given up.
  private static let hearing: Int64 = 4
  /// Between two looks whether all is quiet.
  private static let pause: Duration = .milliseconds(200)

  package init() {}

  package func step(
    _ operation: OperationRow, in transaction: Transaction
  ) async throws(PostgresError) -> WorkProgress {
    let project = operation.subject
    let isLast: Bool
    if let writer = Int64(operation.resume) {
      let quiet = try await transaction.query(ProjectQueries.isQuiet, (project, writer, Self.hearing))
      guard try quiet.value() else {
        return WorkProgress(done: 0, resume: operation.resume, pause: Self.pause)
      }
      isLast = true
    } else {
      isLast = false
    }
    let purge = try await transaction.query(ProjectQueries.purge, project)
    let (row, columns) = (try purge.rows.only(), purge.columns)
    guard try row.decode(columns.isEmpty) else {
      return WorkProgress(done: try row.decode(columns.removed), resume: "")
    }
    if !isLast {
      let writer = try row.decode(columns.transaction)
      return WorkProgress(done: 0, resume: String(writer), pause: Self.pause)
    }
    _ = try await transaction.query(ProjectQueries.end, project)
    return WorkProgress(done: 0, resume: nil)
  }
}
