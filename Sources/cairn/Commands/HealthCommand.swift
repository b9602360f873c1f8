import GRPC
import StandardServices

extension Command {
  static let health = Command(
    syntax: CommandSyntax(
      name: "health", summary: "ask a server whether it serves",
      discussion:
        "Prints the status. The exit status is 0 for SERVING and 1 for any other; that of `cairn call` when "
        + "the server does not answer.",
      operands: [
        Operand(
          name: "SERVICE",
          help: "A service, by its full name or the end of it; without it the whole server is meant.",
          isRequired: false)
      ],
      options: ClientOptions.options, examples: ["cairn health", "cairn health ContextService"])
  ) { arguments, context throws(CommandError) in
    let session = try ClientSession(arguments, context)
    let wanted = arguments.operands.first ?? ""
    let answer: GrpcHealthV1HealthCheckResponse
    do throws(RPCError) {
      answer = try await session.health(of: wanted)
    } catch {
      guard error.code == .notFound, !wanted.isEmpty else {
        throw CommandError(error, calling: session.options.address)
      }
      answer = try await session.health(ofNamedLike: wanted, error)
    }
    switch answer.status {
    case .serving: Output.line("SERVING")
    case .notServing: Output.line("NOT_SERVING")
    default: Output.line("UNKNOWN")
    }
    return answer.status == .serving ? .success : .failure
  }
}

extension ClientSession {
  fileprivate func health(of service: String) async throws(RPCError) -> GrpcHealthV1HealthCheckResponse {
    var request = GrpcHealthV1HealthCheckRequest()
    request.service = service
    return try await GrpcHealthV1HealthClient(channel).check(request, options: options.questionOptions)
  }

  /// Looks for the service among those that reflection lists. Without reflection, `refusal` says all there is
  /// to say.
  fileprivate func health(
    ofNamedLike wanted: String, _ refusal: RPCError
  ) async throws(CommandError) -> GrpcHealthV1HealthCheckResponse {
    let names: [String]
    do throws(RPCError) {
      names = try await schema.services()
    } catch {
      throw CommandError(refusal, calling: options.address)
    }
    let outcome = SymbolLookup(names: names).find(wanted)
    switch outcome {
    case .found(let name) where name != wanted:
      return try await asking { () throws(RPCError) in try await health(of: name) }
    // It is served, but its health is not told.
    case .found: throw CommandError(refusal, calling: options.address)
    case .ambiguous, .missing:
      let complaint = SymbolLookup.complaint("service", wanted: wanted, outcome: outcome)
      throw CommandError(StatusText.lines(refusal) + ["  \(complaint)"], .status(refusal.code))
    }
  }
}
