import Wire

/// Values of our enums by the end of their name in the proto, in lower case: `test-pass` for `TYPE_TEST_PASS`.
extension OpenEnum {
  /// The word; the number of a value that has no name here.
  var word: String {
    guard let name = Self.schema.name(of: rawValue) else { return String(rawValue) }
    return String(name.dropFirst(Self.prefix.count).map { $0 == "_" ? "-" : $0 }).lowercased()
  }

  /// Empty for the value of a field that is not set.
  var wordIfSet: String { rawValue == 0 ? "" : word }

  init?(word: String) {
    let end = String(word.map { $0 == "-" ? "_" : $0 }).uppercased()
    guard let number = Self.schema.number(of: Self.prefix + end), number != 0 else { return nil }
    self.init(rawValue: number)
  }

  /// What all names begin with; the first ends in UNSPECIFIED.
  private static var prefix: String {
    guard let name = schema.name(of: 0), name.hasSuffix("UNSPECIFIED") else { return "" }
    return String(name.dropLast("UNSPECIFIED".count))
  }
}
