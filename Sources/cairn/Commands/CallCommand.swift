import DynamicMessage
import GRPC
import Wire

extension Command {
  static let call = Command(
    syntax: CommandSyntax(
      name: "call", summary: "call any method of a server, JSON in and JSON out",
      discussion: """
        The method's types come from the server's reflection, so that nothing has to be prepared. Each answer of \
        a stream is one line of JSON.

        A failed call is printed to standard error with its details; the exit status is then 64 and the number of \
        the gRPC status (NOT_FOUND is 69, UNAVAILABLE 78); so are the items of a batch that failed while the call did \
        not, and the status is that of the first. It is 1 when something else fails and 2 for a wrong command line.
        """,
      operands: [
        Operand(
          name: "METHOD", help: "SERVICE/METHOD in full, or the end of it when only one method ends so."),
        Operand(
          name: "REQUEST",
          help:
            "JSON, or @FILE, or - for standard input. Without it the request is empty; a method that takes a "
            + "stream of requests then reads standard input, one JSON value after the other.",
          isRequired: false),
      ],
      options: ClientOptions.options + [
        Option(name: "compact", letter: "c", help: "Print the answer on one line."),
        Option(
          name: "emit-defaults", aliases: ["defaults"], help: "Print fields that have their default, too."),
        Option(
          name: "verbose", letter: "v",
          help: "Tell on standard error what is sent and what comes: metadata, sizes, and how long it took."),
        SchemaSource.option,
      ],
      examples: [
        #"cairn call CreateContext '{"context": {"title": "Plan", "content": "…"}}'"#,
        "cairn call ListContexts", "cairn call cairn.v1.ContextService/WatchContexts '{}'",
        "cairn call GetContext @request.json -H 'cairn-session: 12' --deadline 2s",
      ])
  ) { arguments, context throws(CommandError) in
    OutputWatch.begin(on: context.loop)
    let session = try ClientSession(arguments, context)
    let target = try await CallTarget(arguments.operands[0], session)
    let source = arguments.operands.dropFirst().first.map(MessageSource.init)
    let input = MessageInput(
      source ?? (target.method.isClientStreaming ? .standardInput : .text("{}")), type: target.input,
      on: context.loop)
    let runner = CallRunner(
      session: session, target: target, input: input, style: arguments.has("compact") ? .compact : .indented,
      json: ProtoJSONOptions(includesDefaults: arguments.has("emit-defaults"), showsUnknownAny: true),
      trace: arguments.has("verbose") ? CallTrace() : nil)
    do throws(CallFailure) {
      try await runner.run()
      let failed = runner.failedItems.items
      for item in failed {
        let lines = StatusText.lines(item.error, pool: target.pool)
        Output.complain(["\(item.place): \(lines[0])"] + lines.dropFirst())
      }
      return failed.first.map { .status($0.error.code) } ?? .success
    } catch {
      switch error {
      case .input(let error): throw CommandError(error)
      case .status(let error):
        let lines = StatusText.lines(error, pool: target.pool)
        throw CommandError(error, calling: session.options.address, lines: lines)
      }
    }
  }
}

/// The method to call, with the types of its messages.
struct CallTarget: Sendable {
  let pool: DescriptorPool
  let method: SchemaMethod
  let input: MessageType
  let output: MessageType

  init(_ wanted: String, _ session: ClientSession) async throws(CommandError) {
    // Servers are asked for the service: not all of them know methods as symbols.
    let path = wanted.hasPrefix("/") ? wanted.dropFirst() : wanted[...]
    let service = path.lastIndex { $0 == "/" || $0 == "." }.map { String(path[..<$0]) } ?? ""
    let found = try await session.asking { () throws(RPCError) in
      try await session.schema.pool(declaring: service)
    }
    guard let found else { throw CommandError(["there is no method \"\(wanted)\""], .failure) }
    let names = found.services.flatMap(\.methods).map(\.fullName)
    let name = try session.resolve(wanted, as: "method", among: names)
    guard let method = found.method(name), let input = found.message(method.inputType),
      let output = found.message(method.outputType)
    else { throw CommandError(["the descriptors of \(name) lack its messages"], .failure) }
    (pool, self.method, self.input, self.output) = (found, method, input, output)
  }

  var descriptor: MethodDescriptor<RawMessage, RawMessage> {
    let kind: MethodKind =
      switch (method.isClientStreaming, method.isServerStreaming) {
      case (false, false): .unary
      case (false, true): .serverStreaming
      case (true, false): .clientStreaming
      case (true, true): .bidirectional
      }
    let service = String(method.fullName.dropLast(method.name.count + 1))
    return MethodDescriptor(service, method.name, kind)
  }
}
