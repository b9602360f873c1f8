/// Something that is given by its place.
struct Operand: Sendable {
  /// As in the usage line: `METHOD`.
  let name: String
  let help: String
  var isRequired = true
}
