/// The texts of `--help`.
enum HelpText {
  /// Columns that help is folded to.
  private static let width = 96

  static func command(_ syntax: CommandSyntax) -> String {
    var parts = [usage(syntax), capitalized(syntax.summary) + "."]
    if !syntax.discussion.isEmpty { parts.append(fold(syntax.discussion, indent: 0)) }
    if !syntax.operands.isEmpty {
      parts.append("Arguments:\n" + table(syntax.operands.map { ($0.name, $0.help) }))
    }
    let help = Option(name: "help", letter: "h", help: "Show this text.")
    let options =
      syntax.options + [
        syntax.options.contains { $0.letter == "h" } ? Option(name: "help", help: help.help) : help
      ]
    parts.append(
      "Options:\n" + table(options.map { (label($0), $0.help + ($0.repeats ? " May be repeated." : "")) }))
    if !syntax.examples.isEmpty {
      parts.append("Examples:\n" + syntax.examples.map { "  \($0)" }.joined(separator: "\n"))
    }
    return parts.joined(separator: "\n\n") + "\n"
  }

  static func overview(_ commands: [CommandSyntax]) -> String {
    """
    Usage: cairn COMMAND [OPTIONS]

    Cairn is a gRPC server that gives AI agents a durable place to work together, and the client to try it.

    Commands:
    \(table(commands.map { ($0.name, capitalized($0.summary) + ".") }))

    `cairn COMMAND --help` tells more. Commands that call a server find it at --address HOST:PORT, else at
    CAIRN_ADDRESS, else at \(ClientOptions.defaultAddress).

    """
  }

  private static func usage(_ syntax: CommandSyntax) -> String {
    let operands = syntax.operands.map { $0.isRequired ? " \($0.name)" : " [\($0.name)]" }
    return "Usage: cairn \(syntax.name)\(operands.joined())" + (syntax.options.isEmpty ? "" : " [OPTIONS]")
  }

  private static func label(_ option: Option) -> String {
    (option.letter.map { "-\($0), " } ?? "    ") + "--\(option.name)" + (option.value.map { " \($0)" } ?? "")
  }

  private static func capitalized(_ text: String) -> String {
    text.prefix(1).uppercased() + text.dropFirst()
  }

  /// Two columns; a first one that is too long has a line of its own.
  private static func table(_ rows: [(String, String)]) -> String {
    let column = min(rows.map(\.0.count).max() ?? 0, 34) + 4
    return rows.map { name, help in
      let text = fold(help, indent: column)
      let start = "  " + name
      if start.count > column - 2 { return start + "\n" + String(repeating: " ", count: column) + text }
      return start + String(repeating: " ", count: column - start.count) + text
    }.joined(separator: "\n")
  }

  /// Folds words at the width; lines behind the first are indented. Line breaks in `text` stay.
  private static func fold(_ text: String, indent: Int) -> String {
    let margin = "\n" + String(repeating: " ", count: indent)
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { paragraph in
      var lines: [String] = []
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width - indent {
          lines.append(line)
          line = ""
        }
        line += line.isEmpty ? word : " " + word
      }
      return (lines + [line]).joined(separator: margin)
    }.joined(separator: margin)
  }
}
