/// The words of the command line.
enum ProcessArguments {
  /// The words behind the program's name; nil when one is not UTF-8. `CommandLine.arguments` would repair it,
  /// and what was meant as data would be stored as something else.
  static var words: [String]? {
    var words: [String] = []
    for place in 1..<max(1, Int(CommandLine.argc)) {
      guard let argument = CommandLine.unsafeArgv[place],
        let word = String(validatingCString: argument)
      else { return nil }
      words.append(word)
    }
    return words
  }
}
