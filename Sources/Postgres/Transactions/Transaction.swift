/// A transaction under way, on a connection of its own. Confined to the loop it runs on, and to
/// the body that received it.
///
/// BEGIN travels with the first statement. Use ``pipeline(_:)`` where a statement does not need the
/// answer of the one before it, and ``commit(_:)`` to send the last statements together with
/// COMMIT: that is what keeps the number of round trips down.
package final class Transaction: @unchecked Sendable {
  /// Round trips so far, COMMIT included.
  package var roundTrips: Int { fatalError("not yet") }

  /// Runs one statement: one round trip.
  @discardableResult
  package func query(
    _ statement: Statement, _ parameters: [any PostgresValue] = []
  ) async throws(PostgresError) -> Rows {
    fatalError("not yet")
  }

  /// Runs several statements in one round trip and returns their results in order. Throws the first
  /// error; the transaction is then failed and will be rolled back.
  @discardableResult
  package func pipeline(_ statements: [BoundStatement]) async throws(PostgresError) -> [Rows] {
    fatalError("not yet")
  }

  /// Runs the last statements and COMMIT in one round trip. Nothing can be run afterwards; a body
  /// that does not call it is committed when it returns.
  @discardableResult
  package func commit(_ statements: [BoundStatement] = []) async throws(PostgresError) -> [Rows] {
    fatalError("not yet")
  }
}
