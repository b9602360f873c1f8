/// What a command takes on its command line, and how its help reads. The parser is driven by it.
struct CommandSyntax: Sendable {
  /// `call`, `migrate up`
  let name: String
  /// One line, without a full stop.
  let summary: String
  /// Paragraphs behind the summary.
  var discussion = ""
  var operands: [Operand] = []
  var options: [Option] = []
  /// Command lines to learn from.
  var examples: [String] = []
}
