import EventLoop

/// Runs a server until it is told to stop, and answers how the process should exit.
///
/// - Parameter loop: the loop of the calling task, on the process's main thread.
func serve(_ configuration: Configuration, on loop: EventLoop) async throws(CommandError) -> ExitStatus {
  throw CommandError(["cairn serve is not there yet"], .failure)
}
