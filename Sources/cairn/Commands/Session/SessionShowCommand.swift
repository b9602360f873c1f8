import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

extension Command {
  static let sessionShow = Command(
    syntax: CommandSyntax(
      name: "session show", summary: "show a session with its newest events",
      operands: [Operand(name: "ID", help: "The session's id.")],
      options: ClientOptions.options + [
        Option(name: "last", letter: "n", value: "N", help: "How many events, up to 1000. Default: 10.")
      ],
      examples: ["cairn session show sess-0192…", "cairn session show review --last 100"])
  ) { arguments, context throws(CommandError) in
    let client = try ClientSession(arguments, context)
    var request = GetSessionRequest()
    request.id = arguments.operands[0]
    request.recentEvents = Int32(try arguments.count("last", in: 0...1000) ?? 10)
    let asked = request
    let session = try await client.asking { () throws(RPCError) in
      try await SessionServiceClient(client.channel).getSession(asked, options: client.options.callOptions)
    }
    let style = TextStyle.ofStandardOutput(context.environment)
    SessionText.lines(session, now: WellKnown.Timestamp(.now), style).forEach(Output.line)
    if !session.recentEvents.isEmpty { Output.line("") }
    for event in session.recentEvents { Output.line(EventLine.text(event, style)) }
    return .success
  }
}
