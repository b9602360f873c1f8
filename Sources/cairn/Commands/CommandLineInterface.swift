import DynamicMessage

/// Finds the command that the words name, and runs it.
struct CommandLineInterface: Sendable {
  static let version = "0.1.0"

  let commands: [Command]
  let context: CommandContext

  func run(_ words: [String]) async -> ExitStatus {
    guard let first = words.first, first != "help", first != "--help", first != "-h" else {
      return help(Array(words.dropFirst()), asked: !words.isEmpty)
    }
    if first == "--version" || first == "version" {
      Output.line("cairn \(Self.version)")
      return .success
    }
    guard let (command, rest) = find(words) else {
      Output.complain([unknown(words)])
      return .usage
    }
    do throws(CommandError) {
      return try await run(command, with: rest)
    } catch {
      Output.complain(error.lines)
      return error.status
    }
  }

  private func run(_ command: Command, with words: [String]) async throws(CommandError) -> ExitStatus {
    let parsed: CommandSyntax.Parsed
    do throws(UsageError) {
      parsed = try command.syntax.parse(words)
    } catch {
      throw CommandError(error)
    }
    switch parsed {
    case .help:
      Output.text(HelpText.command(command.syntax))
      return .success
    case .arguments(let arguments): return try await command.run(arguments, context)
    }
  }

  /// The command whose name the words begin with, and the words behind it.
  func find(_ words: [String]) -> (Command, [String])? {
    for command in commands {
      let name = command.syntax.name.split(separator: " ").map(String.init)
      if words.starts(with: name) { return (command, Array(words.dropFirst(name.count))) }
    }
    return nil
  }

  private func help(_ words: [String], asked: Bool) -> ExitStatus {
    if let (command, _) = find(words) {
      Output.text(HelpText.command(command.syntax))
    } else if asked {
      Output.text(HelpText.overview(commands.map(\.syntax)))
    } else {
      Output.complain([HelpText.overview(commands.map(\.syntax))])
      return .usage
    }
    return .success
  }

  func unknown(_ words: [String]) -> String {
    let names = commands.map(\.syntax.name)
    let below = names.filter { $0.hasPrefix(words[0] + " ") }
    if !below.isEmpty { return "say which: \(below.map { "cairn \($0)" }.joined(separator: ", "))" }
    let near = NearestName.suggestions(for: words[0], among: names)
    let hint = near.isEmpty ? "see `cairn --help`" : "did you mean \(near.joined(separator: " or "))?"
    return "there is no command \"\(words[0])\"; \(hint)"
  }
}
