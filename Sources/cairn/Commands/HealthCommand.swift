import GRPC
import StandardProtos

extension Command {
  static let health = Command(
    syntax: CommandSyntax(
      name: "health", summary: "ask a server whether it serves",
      discussion:
        "Prints the status. The exit status is 0 for SERVING and 1 for any other; that of `cairn call` when "
        + "the server does not answer.",
      operands: [
        Operand(
          name: "SERVICE", help: "Full name of a service; without it the whole server is meant.",
          isRequired: false)
      ],
      options: ClientOptions.options, examples: ["cairn health", "cairn health cairn.v1.ContextService"])
  ) { arguments, context throws(CommandError) in
    let session = try ClientSession(arguments, context)
    var request = HealthService.Request()
    request.service = arguments.operands.first ?? ""
    let question = request
    let answer = try await session.asking { () throws(RPCError) in
      try await session.channel.unary(HealthService.check, question, options: session.options.questionOptions)
    }
    switch answer.status {
    case .serving: Output.line("SERVING")
    case .notServing: Output.line("NOT_SERVING")
    default: Output.line("UNKNOWN")
    }
    return answer.status == .serving ? .success : .failure
  }
}
