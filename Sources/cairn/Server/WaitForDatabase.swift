import EventLoop
import Operations
import Postgres

/// Waits until an outside database takes connections, for at most `limit`; what does not get better by waiting is not
/// waited for. **Blocks** the loop while it connects: before it serves.
///
/// - Returns: False when a signal said to stop meanwhile.
func waitForDatabase(
  at url: String, within limit: Duration, signals: TerminationSignals, log: Log, on loop: EventLoop
) async throws(CommandError) -> Bool {
  let deadline = Instant.now + limit
  var isTold = false
  while true {
    do throws(PostgresError) {
      _ = try BlockingConnection(url: url, timeout: .seconds(5))
      return true
    } catch {
      guard error.saysNotYet, Instant.now < deadline else { throw CommandError(error) }
      if !isTold {
        log.warning("waiting up to \(limit.components.seconds) s for the database: \(error.message)")
      }
      isTold = true
    }
    do throws(CancellationError) { try await loop.sleep(for: .milliseconds(200)) } catch { return false }
    if signals.hasPending { return false }
  }
}

extension PostgresError {
  /// Whether no server listens there yet, or PostgreSQL does and is still starting. Of a connection that fails libpq gives
  /// a text only, in the language of the server; in another one than English it is not waited for.
  var saysNotYet: Bool {
    guard kind == .connectionFailed else { return false }
    return [
      "Connection refused", "No such file or directory", "is starting up", "not yet accepting connections",
    ]
    .contains { message.contains($0) }
  }
}
