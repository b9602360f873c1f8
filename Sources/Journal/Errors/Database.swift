// swift-format-ignore-file: AmbiguousTrailingClosureOverload

import GRPC
import Postgres

/// Runs database work; the client learns of its errors what the journal decides. With and without `async` the same.
@inlinable package func database<T>(_ body: () throws(PostgresError) -> T) throws(RPCError) -> T {
  do throws(PostgresError) { return try body() } catch { throw RPCError(error) }
}

/// Runs database work; the client learns of its errors what the journal decides.
@inlinable package func database<T>(_ body: () async throws(PostgresError) -> T) async throws(RPCError) -> T {
  do throws(PostgresError) { return try await body() } catch { throw RPCError(error) }
}
