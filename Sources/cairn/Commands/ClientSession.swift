import DynamicMessage
import GRPC
import HTTP2

/// What commands that call a server work with.
struct ClientSession: Sendable {
  let options: ClientOptions
  let channel: Channel
  let schema: SchemaSource

  init(_ arguments: Arguments, _ context: CommandContext) throws(CommandError) {
    do throws(UsageError) {
      options = try ClientOptions(arguments, environment: context.environment)
    } catch {
      throw CommandError(error)
    }
    do throws(TLSError) {
      channel = try options.channel(on: context.loop)
    } catch {
      throw CommandError(["cairn: \(error)"], .failure)
    }
    do throws(InputError) {
      schema = try SchemaSource(
        arguments, ReflectionClient(channel: channel, options: options.questionOptions))
    } catch {
      throw CommandError(error)
    }
  }

  /// Runs a question to the server; its failure becomes the command's.
  func asking<T>(_ body: () async throws(RPCError) -> T) async throws(CommandError) -> T {
    do throws(RPCError) {
      return try await body()
    } catch {
      throw CommandError(error, calling: options.address)
    }
  }

  /// The full name of a symbol of the pool.
  func resolve(_ wanted: String, as kind: String, among names: [String]) throws(CommandError) -> String {
    let outcome = SymbolLookup(names: names).find(wanted)
    guard case .found(let name) = outcome else {
      throw CommandError([SymbolLookup.complaint(kind, wanted: wanted, outcome: outcome)], .failure)
    }
    return name
  }
}
