import CairnAPI
import GRPC
import Wire

extension Command {
  static let sessionReplay = Command(
    syntax: CommandSyntax(
      name: "session replay", summary: "play a session, or a recording of it, as it happened",
      discussion: """
        Each event is shown when it is its turn: with the gaps in which they happened, divided by the speed. Between them \
        stands how the session was. What is appended meanwhile `cairn session events --follow` shows.
        """,
      operands: [Operand(name: "ID", help: "The session's id; with --recording that of a recording.")],
      options: ClientOptions.options + [
        Option(name: "recording", letter: "r", help: "Play a recording."),
        Option(name: "from", value: "N", help: "From this event on. Default: the first that is kept."),
        Option(name: "to", value: "N", help: "Up to this event. Default: the last there is."),
        Option(
          name: "speed", letter: "s", value: "X",
          help: "How many times as fast as it happened, 0.001 to 100000; 0 without any gap. Default: 1."),
        Option(
          name: "max-gap", value: "TIME",
          help: "No gap takes longer than this, such as 2s. Default: no bound."),
        Option(
          name: "type", value: "TYPE", help: "Only events of this type, as of `cairn session events`.",
          repeats: true),
        Option(name: "agent", value: "NAME", help: "Only events by this agent.", repeats: true),
      ],
      examples: [
        "cairn session replay review --speed 60 --max-gap 2s",
        "cairn session replay rec-0192… --recording --from 10 --to 40 --speed 0",
      ])
  ) { arguments, context throws(CommandError) in
    OutputWatch.begin(on: context.loop)
    let client = try ClientSession(arguments, context)
    var request = PlayReplayRequest()
    request.command = .start(try PlayReplayRequest.Start(arguments))
    let style = TextStyle.ofStandardOutput(context.environment)
    let call = try await client.asking { () throws(RPCError) in
      try await ReplayServiceClient(client.channel).playReplay(options: client.options.callOptions)
    }
    let begun = request
    try await client.asking { () throws(RPCError) in try await call.write(begun) }
    await call.finishWriting()
    while let response = try await client.asking({ () throws(RPCError) in try await call.next() }) {
      if case .frame(let frame) = response.content, let line = FrameText.line(frame, style) {
        Output.line(line)
      }
    }
    return .success
  }
}

extension PlayReplayRequest.Start {
  fileprivate init(_ arguments: Arguments) throws(CommandError) {
    self.init()
    var source = ReplaySource()
    if arguments.has("recording") {
      source.recording = arguments.operands[0]
    } else {
      source.session = arguments.operands[0]
    }
    source.fromSequence = Int64(try arguments.count("from", in: 1...Int(Int64.max)) ?? 0)
    source.toSequence = Int64(try arguments.count("to", in: 1...Int(Int64.max)) ?? 0)
    self.source = source
    var filter = FrameFilter()
    filter.types = try arguments.words("type", as: SessionEvent.Type_.self)
    filter.agents = arguments.options["agent"] ?? []
    self.filter = filter
    if let text = arguments["speed"] {
      guard let speed = Double(text), speed.isFinite, speed >= 0 else {
        throw CommandError(UsageError("--speed \(text): expected a number such as 0.5 or 60"))
      }
      self.speed = speed
    }
    if let text = arguments["max-gap"] {
      guard let gap = Quantity.duration(text) else {
        throw CommandError(UsageError("--max-gap \(text): expected a time with its unit such as 500ms or 2s"))
      }
      maxGap = WellKnown.Duration(gap)
    }
  }
}
