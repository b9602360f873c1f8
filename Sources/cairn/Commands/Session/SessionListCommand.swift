import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

extension Command {
  static let sessionList = Command(
    syntax: CommandSyntax(
      name: "session list", summary: "list the sessions of a project, the newest first",
      options: ClientOptions.options + [
        Option(name: "agent", value: "NAME", help: "Only those in which this agent takes part."),
        Option(name: "active", help: "Only those that have neither ended nor expired."),
        Option(name: "limit", letter: "n", value: "N", help: "At most so many. Default: 50."),
      ],
      examples: ["cairn session list", "cairn session list --active --agent ann"])
  ) { arguments, context throws(CommandError) in
    let client = try ClientSession(arguments, context)
    let limit = try arguments.count("limit", in: 1...1_000_000) ?? 50
    var request = ListSessionsRequest()
    var filter = SessionFilter()
    filter.agent = arguments["agent"] ?? ""
    filter.active = arguments.has("active")
    request.filter = filter
    var found: [Session] = []
    repeat {
      request.pageSize = Int32(min(limit - found.count, 1000))
      let asked = request
      let page = try await client.asking { () throws(RPCError) in
        try await SessionServiceClient(client.channel).listSessions(
          asked, options: client.options.callOptions)
      }
      found += page.sessions
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && found.count < limit
    if found.isEmpty {
      Output.complain(["there are no such sessions"])
      return .success
    }
    let style = TextStyle.ofStandardOutput(context.environment)
    SessionTable.lines(found, now: WellKnown.Timestamp(.now), style).forEach(Output.line)
    if !request.pageToken.isEmpty { Output.complain(["there are more: --limit N shows them"]) }
    return .success
  }
}
