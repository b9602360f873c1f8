/// What was on the command line, checked against the syntax.
struct Arguments: Sendable, Equatable {
  var operands: [String] = []
  /// Values by the option's name; of a switch, one empty text.
  var options: [String: [String]] = [:]

  /// The value of an option that may be given once.
  subscript(option: String) -> String? { options[option]?.last }

  func has(_ option: String) -> Bool { options[option] != nil }
}
