import CairnAPI
import EventLoop
import GRPC

extension Command {
  static let sessionWatch = Command(
    syntax: CommandSyntax(
      name: "session watch", summary: "show changes of sessions as they are made",
      discussion: """
        A line for each session that is created, joined, left, changed, marked by a checkpoint, ended or deleted, until \
        the command is interrupted; when the server goes away it connects again and goes on. What is appended to the log of one session `cairn session events ID --follow` shows.
        """,
      operands: [
        Operand(name: "ID", help: "The session; without it all of the project.", isRequired: false)
      ],
      options: ClientOptions.options, examples: ["cairn session watch", "cairn session watch review"])
  ) { arguments, context throws(CommandError) in
    OutputWatch.begin(on: context.loop)
    var watch = SessionWatch(
      client: try ClientSession(arguments, context), style: .ofStandardOutput(context.environment))
    watch.request.ids = Array(arguments.operands.prefix(1))
    try await watch.follow(on: context.loop)
    return .success
  }
}

/// Prints what becomes of sessions.
private struct SessionWatch {
  let client: ClientSession
  let style: TextStyle
  /// Which sessions, and from where on: behind all that was received.
  var request = WatchSessionsRequest()

  mutating func follow(on loop: EventLoop) async throws(CommandError) {
    var connection = FeedReconnection(client, on: loop)
    while true {
      do throws(RPCError) {
        return try await follow(&connection)
      } catch {
        try await connection.recover(from: error)
      }
    }
  }

  private mutating func follow(_ connection: inout FeedReconnection) async throws(RPCError) {
    let call = try await SessionServiceClient(connection.channel).watchSessions(
      request, options: client.options.callOptions)
    while let response = try await call.next() {
      connection.answered()
      request.journalId = response.journalId
      switch response.event {
      case .change(let change):
        Output.line(SessionChangeLine.text(change, style))
        (request.afterPosition, request.afterOrdinal) = (change.position, change.ordinal)
      case .caughtUp(let reached): (request.afterPosition, request.afterOrdinal) = (reached.position, nil)
      case .checkpoint(let reached): (request.afterPosition, request.afterOrdinal) = (reached.position, nil)
      case nil: break
      }
    }
  }
}
