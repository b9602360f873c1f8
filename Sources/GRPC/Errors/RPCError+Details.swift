import Wire

extension RPCError {
  package init(_ code: StatusCode, _ message: String, details: [ErrorDetail]) {
    self.init(code, message, details: details.map(\.message))
  }

  /// The same error with more for programs to read.
  package func adding(_ details: ErrorDetail...) -> RPCError {
    var error = self
    error.details += details.map(\.message)
    return error
  }

  /// The first detail of a type; nil when there is none, or none that can be read.
  package func detail<Detail: Message>(_ type: Detail.Type) -> Detail? {
    for detail in details {
      if let message = try? detail.unpack(type) { return message }
    }
    return nil
  }
}
