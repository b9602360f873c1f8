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

/// Something that is given by its place.
struct Operand: Sendable {
  /// As in the usage line: `METHOD`.
  let name: String
  let help: String
  var isRequired = true
}

/// Something that is given by a name with dashes.
struct Option: Sendable {
  /// Without the dashes: `deadline`.
  let name: String
  /// Other names that are taken for it; the help does not show them.
  var aliases: [String] = []
  var letter: Character?
  /// Name of the value in the usage: `HOST:PORT`; nil for a switch.
  var value: String?
  let help: String
  /// May be given more than once.
  var repeats = false
}

/// What was on the command line, checked against the syntax.
struct Arguments: Sendable, Equatable {
  var operands: [String] = []
  /// Values by the option's name; of a switch, one empty text.
  var options: [String: [String]] = [:]

  /// The value of an option that may be given once.
  subscript(option: String) -> String? { options[option]?.last }

  func has(_ option: String) -> Bool { options[option] != nil }
}

/// A command line that cannot be understood.
struct UsageError: Error, Equatable, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
