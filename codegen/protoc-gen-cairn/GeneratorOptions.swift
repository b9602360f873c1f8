/// What `--cairn_opt` may say.
struct GeneratorOptions {
  /// Whether services are generated; `services=none` leaves only messages, for modules below gRPC.
  var services = true
  /// Modules to import besides Wire and GRPC: `imports=A+B`, for messages of other modules.
  var imports: [String] = []

  init(_ parameters: [String: String]) throws(GeneratorError) {
    for (name, value) in parameters.sorted(by: { $0.key < $1.key }) {
      switch (name, value) {
      case ("services", "all"): services = true
      case ("services", "none"): services = false
      case ("imports", _): imports = value.split(separator: "+").map(String.init)
      default:
        throw GeneratorError(
          message: "unknown option '\(name)=\(value)'; there are services=all, services=none, imports=A+B")
      }
    }
  }
}
