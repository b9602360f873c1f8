import GRPC

/// Why a command ended: what to print and how to exit.
struct CommandError: Error, Equatable {
  let lines: [String]
  let status: ExitStatus

  init(_ lines: [String], _ status: ExitStatus) {
    self.lines = lines
    self.status = status
  }

  init(_ error: UsageError) { self.init([error.description], .usage) }

  init(_ error: InputError) { self.init([error.description], .failure) }

  init(_ error: ConfigurationError) { self.init(error.problems, .usage) }

  init(_ error: RPCError, calling address: String, lines: [String]? = nil) {
    let hint = ConnectionHint.text(error, calling: address).map { ["  \($0)"] } ?? []
    self.init((lines ?? StatusText.lines(error)) + hint, .status(error.code))
  }
}
