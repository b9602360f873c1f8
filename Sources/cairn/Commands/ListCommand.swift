import DynamicMessage
import GRPC

extension Command {
  static let list = Command(
    syntax: CommandSyntax(
      name: "list", summary: "list the services of a server, or the methods of one",
      operands: [
        Operand(name: "SERVICE", help: "A service, by its full name or the end of it.", isRequired: false)
      ],
      options: ClientOptions.options + [SchemaSource.option],
      examples: ["cairn list", "cairn list ContextService"])
  ) { arguments, context throws(CommandError) in
    let session = try ClientSession(arguments, context)
    let services = try await session.asking { () throws(RPCError) in try await session.schema.services() }
    guard let wanted = arguments.operands.first else {
      services.forEach(Output.line)
      return .success
    }
    let name = try session.resolve(wanted, as: "service", among: services)
    let pool = try await session.asking { () throws(RPCError) in
      try await session.schema.pool(declaring: name)
    }
    for method in pool?.service(name)?.methods ?? [] { Output.line("\(name)/\(method.name)") }
    return .success
  }
}
