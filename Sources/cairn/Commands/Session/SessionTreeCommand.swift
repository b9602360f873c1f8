import CairnAPI
import GRPC
import Journal
import Postgres
import Wire

extension Command {
  static let sessionTree = Command(
    syntax: CommandSyntax(
      name: "session tree", summary: "show the family of a session: its root, and all parts and forks below",
      discussion: """
        A line for each session, below the one that it is a part of, or was forked from; of a fork with the last event that \
        both have. The session that was asked for is marked.
        """,
      operands: [Operand(name: "ID", help: "Any session of the family.")],
      options: ClientOptions.options + [
        Option(name: "deleted", help: "Show all deleted sessions, too."),
        Option(name: "limit", letter: "n", value: "N", help: "At most so many. Default: 1000."),
      ],
      examples: ["cairn session tree review", "cairn session tree sess-0192… --deleted"])
  ) { arguments, context throws(CommandError) in
    let client = try ClientSession(arguments, context)
    let limit = try arguments.count("limit", in: 1...100_000) ?? 1000
    var request = ListSessionTreeRequest()
    request.session = arguments.operands[0]
    request.showDeleted = arguments.has("deleted")
    var found: [SessionTreeNode] = []
    repeat {
      request.pageSize = Int32(min(limit - found.count, 1000))
      let asked = request
      let page = try await client.asking { () throws(RPCError) in
        try await SessionServiceClient(client.channel).listSessionTree(
          asked, options: client.options.callOptions)
      }
      found += page.nodes
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && found.count < limit
    let style = TextStyle.ofStandardOutput(context.environment)
    SessionTreeText.lines(found, marking: request.session, now: WellKnown.Timestamp(.now), style)
      .forEach(Output.line)
    if !request.pageToken.isEmpty { Output.complain(["there are more: --limit N shows them"]) }
    return .success
  }
}
