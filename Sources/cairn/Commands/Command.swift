import EventLoop
import GRPC

/// A command: what it takes and what it does.
struct Command: Sendable {
  let syntax: CommandSyntax
  let run: @Sendable (Arguments, CommandContext) async throws(CommandError) -> ExitStatus

  /// In the order of the help.
  static let all: [Command] = [
    serve, migrateUp, migrateStatus, list, describe, call, exportContexts, importContexts, sessionList,
    sessionShow,
    sessionEvents, sessionTimeline, sessionWatch, sessionTree, sessionFork, sessionReplay, health,
  ]
}

/// What a command finds around it.
struct CommandContext: Sendable {
  let environment: [String: String]
  /// The loop that the command's task runs on, which is the process's main thread.
  let loop: EventLoop
}
