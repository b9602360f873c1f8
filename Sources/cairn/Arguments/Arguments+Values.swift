import Wire

// Values of options that are more than text.
extension Arguments {
  /// The whole number of an option, nil where it is not given.
  func count(_ option: String, in range: ClosedRange<Int>) throws(CommandError) -> Int? {
    guard let text = self[option] else { return nil }
    guard let number = Quantity.count(text), range.contains(number) else {
      throw CommandError(
        UsageError(
          "--\(option) \(text): expected a whole number from \(range.lowerBound) to \(range.upperBound)"))
    }
    return number
  }

  /// The values of an enum that an option names by their words.
  func words<Value: OpenEnum>(_ option: String, as type: Value.Type) throws(CommandError) -> [Value] {
    var values: [Value] = []
    for text in options[option] ?? [] {
      guard let value = Value(word: text) else {
        throw CommandError(UsageError("--\(option) \(text): there is no such \(option)"))
      }
      values.append(value)
    }
    return values
  }
}
