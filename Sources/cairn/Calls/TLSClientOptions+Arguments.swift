import HTTP2

extension TLSClientOptions {
  static let options: [Option] = [
    Option(name: "tls", help: "Use TLS; the four options that follow imply it."),
    Option(
      name: "ca", value: "FILE",
      help: "PEM file of the CAs to trust for the server's certificate. Default: those of the system."),
    Option(name: "cert", value: "FILE", help: "PEM file of a client certificate to show."),
    Option(name: "key", value: "FILE", help: "PEM file of its key."),
    Option(
      name: "server-name", value: "NAME",
      help: "What the server's certificate has to be for. Default: the host of the address."),
  ]

  /// Nil when none of the options is there.
  init?(_ arguments: Arguments) throws(UsageError) {
    self.init(
      authorities: arguments["ca"], certificate: arguments["cert"], key: arguments["key"],
      serverName: arguments["server-name"])
    guard (certificate == nil) == (key == nil) else {
      throw UsageError("--cert and --key go together")
    }
    if self == TLSClientOptions(), !arguments.has("tls") { return nil }
  }
}
