import CairnAPI
import GRPC

extension Command {
  static let sessionTimeline = Command(
    syntax: CommandSyntax(
      name: "session timeline", summary: "show what happened in a session, in figures and event by event",
      discussion: """
        First how many events there are, since when, of which types, how severe and by whom; then the newest of them, a line \
        each, as `cairn session events` shows them. Of a fork those count that it shares, too.
        """,
      operands: [Operand(name: "ID", help: "The session's id.")],
      options: ClientOptions.options + [
        Option(name: "last", letter: "n", value: "N", help: "How many events are shown. Default: 50."),
        Option(name: "entity", value: "NAME", help: "Only what is about this entity."),
        Option(name: "agent", value: "NAME", help: "Only what this agent did."),
        Option(
          name: "type", value: "TYPE", help: "Only events of this type, as of `cairn session events`.",
          repeats: true),
      ],
      examples: ["cairn session timeline review", "cairn session timeline review --entity parser.swift"])
  ) { arguments, context throws(CommandError) in
    let client = try ClientSession(arguments, context)
    let limit = try arguments.count("last", in: 0...100_000) ?? 50
    var request = ListTimelineRequest()
    request.session = arguments.operands[0]
    request.entity = arguments["entity"] ?? ""
    request.agent = arguments["agent"] ?? ""
    request.types = try arguments.words("type", as: SessionEvent.Type_.self)
    request.orderBy = "time desc"
    var found: [SessionEvent] = []
    var summary: TimelineSummary?
    repeat {
      // One is asked for at least: the first page has the figures.
      request.pageSize = Int32(max(1, min(limit - found.count, 1000)))
      let asked = request
      let page = try await client.asking { () throws(RPCError) in
        try await SessionInsightServiceClient(client.channel).listTimeline(
          asked, options: client.options.callOptions)
      }
      summary = summary ?? page.summary
      found += page.events.prefix(limit - found.count)
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && found.count < limit
    let style = TextStyle.ofStandardOutput(context.environment)
    TimelineText.lines(summary ?? TimelineSummary(), of: request.session, style).forEach(Output.line)
    if !found.isEmpty { Output.line("") }
    for event in found.reversed() { Output.line(EventLine.text(event, style)) }
    if !request.pageToken.isEmpty { Output.complain(["there are older ones: --last N shows them"]) }
    return .success
  }
}
