import EventLoop

/// The database, as the rest of the server sees it: connections of all loops under one limit.
///
/// Call its methods from a task on a loop: the work stays on that loop's connections. Called from
/// elsewhere they hop to a loop and back, which is right for tests and start-up and slow otherwise.
///
/// Which one to use:
/// - ``lookup(_:_:)``: a bounded read by key. Cheapest; shares connections; never cancelled.
/// - ``groupWrite(_:_:group:prologue:)``: one statement that inserts rows with ids made by the
///   server and locks no existing row. Shares a commit with its neighbours.
/// - ``write(_:_:prologue:)``: one statement that commits alone, in one round trip.
/// - ``query(_:_:timeout:)``: a list, search or anything long. Cancelled with its task.
/// - ``transaction(_:_:)``: several statements.
package final class PostgresPool: Sendable {
  /// Opens a pool; connections are made when they are needed, the minimum in the background.
  ///
  /// - Parameters:
  ///   - url: A libpq connection string: URI or keywords. Throws `configuration` when it is not one.
  ///   - loops: The loops that have connections.
  ///   - blocking: For name resolution and PQcancel.
  package init(
    url: String, loops: [EventLoop], blocking: BlockingPool,
    configuration: PoolConfiguration = PoolConfiguration()
  ) throws(PostgresError) {
    fatalError("not yet")
  }

  /// Runs a bounded read by key, sharing a connection and a round trip with the other look-ups of
  /// this turn of the loop. It is never cancelled on the server; it must not write.
  package func lookup(
    _ statement: Statement, _ parameters: [any PostgresValue]
  ) async throws(PostgresError) -> Rows {
    fatalError("not yet")
  }

  /// Runs one insert in a transaction shared with concurrent writes of the same group, and returns
  /// when that transaction has committed.
  ///
  /// A failing neighbour does no harm: its batch is run again one by one, so the statement may run
  /// more than once but commits at most once. Throws `outcomeUnknown` when the connection broke
  /// after the commit was asked for.
  /// - Parameter prologue: Run before the batch, once per batch, in its transaction; the same for
  ///   all writes of a group.
  package func groupWrite(
    _ statement: Statement, _ parameters: [any PostgresValue], group: WriteGroup,
    prologue: BoundStatement? = nil
  ) async throws(PostgresError) -> Rows {
    fatalError("not yet")
  }

  /// Runs one statement in a transaction of its own, with `prologue` before it, in one round trip.
  /// Returns after the commit. Not cancelled.
  package func write(
    _ statement: Statement, _ parameters: [any PostgresValue], prologue: BoundStatement? = nil
  ) async throws(PostgresError) -> Rows {
    fatalError("not yet")
  }

  /// Runs a read on a connection of its own; when the task is cancelled, so is the statement.
  /// - Parameter timeout: Instead of the configured `readTimeout`.
  package func query(
    _ statement: Statement, _ parameters: [any PostgresValue] = [], timeout: Duration? = nil
  ) async throws(PostgresError) -> Rows {
    fatalError("not yet")
  }

  /// Runs `body` in a transaction: committed when it returns, rolled back when it throws or its task
  /// is cancelled. Write `{ tx throws(RPCError) in … }` where the type is not inferred.
  ///
  /// Throws `outcomeUnknown` when the connection broke during COMMIT. Do not take a second
  /// connection inside.
  package func transaction<T, E: PostgresErrorConvertible>(
    _ options: TransactionOptions = TransactionOptions(),
    _ body: (Transaction) async throws(E) -> T
  ) async throws(E) -> T {
    fatalError("not yet")
  }

  /// Figures of all loops together.
  package func statistics() async -> PoolStatistics { fatalError("not yet") }

  /// Rejects those who wait with `poolClosed`, lets what runs finish, then closes all connections.
  package func close() async { fatalError("not yet") }
}
