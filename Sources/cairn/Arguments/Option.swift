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
