import CairnAPI
import EventLoop
import GRPC

extension Command {
  static let sessionEvents = Command(
    syntax: CommandSyntax(
      name: "session events", summary: "show a session's log as a timeline",
      discussion: """
        A line for each event: its place in the log, when it was appended (UTC), who did it, of which type it is, and \
        what happened. Colours are used on a terminal, unless NO_COLOR is set. When the server goes away while the log is \
        followed the command connects again and goes on behind the last event.
        """,
      operands: [Operand(name: "ID", help: "The session's id.")],
      options: ClientOptions.options + [
        Option(name: "from", value: "N", help: "From this place on. Default: from the first that is kept."),
        Option(name: "last", letter: "n", value: "N", help: "Only the newest so many."),
        Option(
          name: "type", value: "TYPE",
          help:
            "Only events of this type: modified, broke, test-pass, checkpoint, restored, handoff, message, start, "
            + "end, custom.",
          repeats: true),
        Option(name: "agent", value: "NAME", help: "Only events by this agent.", repeats: true),
        Option(
          name: "follow", letter: "f",
          help: "Go on with what is appended, until the session ends or the command is interrupted."),
      ],
      examples: ["cairn session events review", "cairn session events review --last 20 --follow"])
  ) { arguments, context throws(CommandError) in
    OutputWatch.begin(on: context.loop)
    var timeline = SessionTimeline(
      client: try ClientSession(arguments, context), style: .ofStandardOutput(context.environment))
    timeline.request.session = arguments.operands[0]
    timeline.request.fromSequence = Int64(try arguments.count("from", in: 0...Int(Int64.max)) ?? 0)
    timeline.request.types = try arguments.words("type", as: SessionEvent.Type_.self)
    timeline.request.agents = arguments.options["agent"] ?? []
    if let last = try arguments.count("last", in: 0...100_000) {
      try await timeline.printNewest(last)
    } else {
      try await timeline.printAll()
    }
    if arguments.has("follow") { try await timeline.follow(on: context.loop) }
    return .success
  }
}

/// Prints a session's log.
struct SessionTimeline {
  private let client: ClientSession
  private let style: TextStyle
  /// Which events are wanted.
  var request = ListEventsRequest()
  /// The place of the event that was printed last, or, when there was none, of the last one there is.
  private var place: Int64 = 0
  private var hasEnded = false

  init(client: ClientSession, style: TextStyle) {
    self.client = client
    self.style = style
  }

  mutating func printAll() async throws(CommandError) {
    request.pageSize = 1000
    repeat {
      let page = try await page()
      for event in page.events { show(event) }
      if place == 0 { place = page.lastSequence }
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty
  }

  mutating func printNewest(_ count: Int) async throws(CommandError) {
    request.orderBy = "sequence desc"
    var found: [SessionEvent] = []
    var newest: Int64 = 0
    repeat {
      // One is asked for at least: the answer says how far the log is.
      request.pageSize = Int32(max(1, min(count - found.count, 1000)))
      let page = try await page()
      newest = max(newest, page.lastSequence)
      found += page.events.prefix(count - found.count)
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && found.count < count
    for event in found.reversed() { show(event) }
    if place == 0 { place = newest }
  }

  /// Goes on with what is appended, until the session ends; on another connection when one is cut.
  mutating func follow(on loop: EventLoop) async throws(CommandError) {
    var connection = FeedReconnection(client, on: loop, hasAnswered: true)
    while !hasEnded {
      do throws(RPCError) {
        return try await follow(&connection)
      } catch {
        try await connection.recover(from: error)
      }
    }
  }

  private mutating func follow(_ connection: inout FeedReconnection) async throws(RPCError) {
    var watch = WatchSessionRequest()
    watch.session = request.session
    watch.afterSequence = place
    watch.types = request.types
    watch.agents = request.agents
    let call = try await SessionServiceClient(connection.channel).watchSession(
      watch, options: client.options.callOptions)
    while !hasEnded, let response = try await call.next() {
      connection.answered()
      if case .appended(let event) = response.event { show(event) }
    }
    await call.cancel()
  }

  private func page() async throws(CommandError) -> ListEventsResponse {
    try await client.asking { () throws(RPCError) in
      try await SessionServiceClient(client.channel).listEvents(request, options: client.options.callOptions)
    }
  }

  private mutating func show(_ event: SessionEvent) {
    // A feed cannot begin with an event that is still to come.
    if event.sequence < request.fromSequence { return }
    Output.line(EventLine.text(event, style))
    place = event.sequence
    // The end of the session that a fork shares is not its own.
    hasEnded = event.type == .end && event.session.hasSameBytes(as: request.session)
  }
}
