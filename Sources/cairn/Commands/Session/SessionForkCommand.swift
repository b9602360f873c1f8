import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

extension Command {
  static let sessionFork = Command(
    syntax: CommandSyntax(
      name: "session fork", summary: "begin a session with the history of another one",
      discussion: """
        Both share the log up to an event, without a copy, and then each goes its own way. The fork is shown as by `cairn \
        session show`.
        """,
      operands: [Operand(name: "ID", help: "The session that is forked.")],
      options: ClientOptions.options + [
        Option(name: "at", value: "N", help: "The last event that both have. Default: the last there is."),
        Option(name: "checkpoint", value: "ID", help: "Fork where this checkpoint of the session is."),
        Option(name: "id", value: "NEW", help: "The fork's id. Default: the server makes one."),
        Option(name: "title", value: "TEXT", help: "The fork's title. Default: that of the session."),
        Option(name: "agent", value: "NAME", help: "Takes part in the fork, beside those who took part."),
      ],
      examples: ["cairn session fork review --at 12 --id try-b", "cairn session fork review --agent bob"])
  ) { arguments, context throws(CommandError) in
    let client = try ClientSession(arguments, context)
    var request = ForkSessionRequest()
    request.session = arguments.operands[0]
    request.agent = arguments["agent"] ?? ""
    var fork = Session()
    fork.id = arguments["id"] ?? ""
    fork.title = arguments["title"] ?? ""
    request.fork = fork
    if let place = try arguments.count("at", in: 1...Int(Int64.max)) {
      request.point = .sequence(Int64(place))
    }
    if let checkpoint = arguments["checkpoint"] {
      if request.point != nil { throw CommandError(UsageError("--at and --checkpoint exclude each other")) }
      request.point = .checkpoint(checkpoint)
    }
    let asked = request
    let session = try await client.asking { () throws(RPCError) in
      try await SessionServiceClient(client.channel).forkSession(asked, options: client.options.callOptions)
    }
    let style = TextStyle.ofStandardOutput(context.environment)
    SessionText.lines(session, now: WellKnown.Timestamp(.now), style).forEach(Output.line)
    return .success
  }
}
