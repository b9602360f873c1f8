import CairnAPI
import GRPC

extension Command {
  static let sessionWatch = Command(
    syntax: CommandSyntax(
      name: "session watch", summary: "show changes of sessions as they are made",
      discussion: """
        A line for each session that is created, joined, left, changed, marked by a checkpoint, ended or deleted, until \
        the command is interrupted. What is appended to the log of one session `cairn session events ID --follow` shows.
        """,
      operands: [
        Operand(name: "ID", help: "The session; without it all of the project.", isRequired: false)
      ],
      options: ClientOptions.options, examples: ["cairn session watch", "cairn session watch review"])
  ) { arguments, context throws(CommandError) in
    OutputWatch.begin(on: context.loop)
    let client = try ClientSession(arguments, context)
    let style = TextStyle.ofStandardOutput(context.environment)
    var request = WatchSessionsRequest()
    request.ids = Array(arguments.operands.prefix(1))
    let asked = request
    let call = try await client.asking { () throws(RPCError) in
      try await SessionServiceClient(client.channel).watchSessions(asked, options: client.options.callOptions)
    }
    while let response = try await client.asking({ () throws(RPCError) in try await call.next() }) {
      if case .change(let change) = response.event { Output.line(SessionChangeLine.text(change, style)) }
    }
    return .success
  }
}
