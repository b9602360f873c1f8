import EventLoop

enum MigrateAction: Sendable {
  /// Apply what is pending.
  case up
  /// Print what is applied and what is pending.
  case status
}

/// Works on the tables of the configured database, embedded or outside.
///
/// - Parameter loop: the loop of the calling task, on the process's main thread.
func migrate(_ action: MigrateAction, _ configuration: Configuration, on loop: EventLoop)
  async throws(CommandError) -> ExitStatus
{
  throw CommandError(["cairn migrate is not there yet"], .failure)
}
