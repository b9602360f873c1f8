import DynamicMessage
import GRPC

extension Command {
  static let describe = Command(
    syntax: CommandSyntax(
      name: "describe", summary: "show a service, method, message, enum or field as .proto text",
      discussion: """
        Of a method its messages are shown too. Reflection leaves comments out, as it does everywhere: those of Cairn's \
        own API are known to this program, those of others come from a descriptor set that has them (--protoset).
        """,
      operands: [Operand(name: "SYMBOL", help: "A name in full, or the end of it when only one ends so.")],
      options: ClientOptions.options + [SchemaSource.option],
      examples: [
        "cairn describe ContextService", "cairn describe cairn.v1.Context", "cairn describe GetContext",
      ])
  ) { arguments, context throws(CommandError) in
    let session = try ClientSession(arguments, context)
    let wanted = String(arguments.operands[0].map { $0 == "/" ? "." : $0 })
    var source = session.schema
    source.addsComments = true
    let schema = source
    let pool = try await session.asking { () throws(RPCError) in try await schema.pool(declaring: wanted) }
    let name = try session.resolve(wanted, as: "symbol", among: pool?.symbolNames ?? [])
    guard let pool, let symbol = pool.symbol(name) else { return .failure }
    var texts = [description(of: name, symbol: symbol, pool: pool)]
    if case .method(let method) = symbol {
      for type in method.inputType == method.outputType
        ? [method.inputType] : [method.inputType, method.outputType]
      {
        if let symbol = pool.symbol(type) { texts.append(description(of: type, symbol: symbol, pool: pool)) }
      }
    }
    Output.line(texts.joined(separator: "\n\n"))
    return .success
  }

  private static func description(of name: String, symbol: SchemaSymbol, pool: DescriptorPool) -> String {
    let place = pool.file(declaring: name).map { " in \($0.name)" } ?? ""
    return "// \(name)\(place)\n" + ProtoPrinter.print(symbol)
  }
}
