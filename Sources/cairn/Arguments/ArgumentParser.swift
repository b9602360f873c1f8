import DynamicMessage

extension CommandSyntax {
  enum Parsed: Equatable {
    case arguments(Arguments)
    /// `--help` was among them.
    case help
  }

  /// Reads the words behind the command's name: options and operands in any order, `--name value`,
  /// `--name=value`, `-x value`, `-xvalue`, and operands only behind `--`.
  func parse(_ words: [String]) throws(UsageError) -> Parsed {
    var arguments = Arguments()
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        arguments.operands += rest
        break
      }
      if word == "--help" { return .help }
      if word.hasPrefix("--") {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let option = try option(named: String(parts[0]))
        try take(
          option, word: "--\(option.name)", attached: parts.count == 2 ? String(parts[1]) : nil, rest: &rest,
          into: &arguments)
      } else if word.hasPrefix("-"), word != "-" {
        let letter = word[word.index(after: word.startIndex)]
        guard let option = options.first(where: { $0.letter == letter }) else {
          if letter == "h" { return .help }
          throw UsageError("unknown option -\(letter); see `cairn \(name) --help`")
        }
        let attached = word.dropFirst(2)
        guard attached.isEmpty || option.value != nil else {
          throw UsageError("-\(letter) takes no value; write its options apart")
        }
        try take(
          option, word: "-\(letter)", attached: attached.isEmpty ? nil : String(attached), rest: &rest,
          into: &arguments)
      } else {
        arguments.operands.append(word)
      }
    }
    try checkOperands(arguments.operands)
    return .arguments(arguments)
  }

  private func option(named name: String) throws(UsageError) -> Option {
    if let option = options.first(where: { $0.name == name || $0.aliases.contains(name) }) { return option }
    if name == "help" { throw UsageError("--help takes no value") }
    let near = NearestName.suggestions(for: name, among: options.map(\.name) + ["help"])
    let hint =
      near.isEmpty
      ? "see `cairn \(self.name) --help`"
      : "did you mean \(near.map { "--\($0)" }.joined(separator: " or "))?"
    throw UsageError("unknown option --\(name); \(hint)")
  }

  private func take(
    _ option: Option, word: String, attached: String?, rest: inout ArraySlice<String>,
    into arguments: inout Arguments
  ) throws(UsageError) {
    let value: String
    if let placeholder = option.value {
      guard let given = attached ?? rest.popFirst() else {
        throw UsageError("\(word) needs a value: \(placeholder)")
      }
      value = given
    } else {
      guard attached == nil else { throw UsageError("\(word) takes no value") }
      value = ""
    }
    guard option.repeats || option.value == nil || arguments.options[option.name] == nil else {
      throw UsageError("\(word) is there twice")
    }
    arguments.options[option.name, default: []].append(value)
  }

  private func checkOperands(_ given: [String]) throws(UsageError) {
    if let missing = operands.dropFirst(given.count).first(where: \.isRequired) {
      throw UsageError("\(missing.name) is missing: \(missing.help)")
    }
    if given.count > operands.count {
      let hint = name == "call" ? "; put JSON in single quotes" : ""
      throw UsageError("unexpected argument \"\(given[operands.count])\"\(hint)")
    }
  }
}
