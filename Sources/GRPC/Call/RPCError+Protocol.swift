import StandardProtos
import Wire

// Errors of the protocol itself, with a google.rpc.ErrorInfo like all others of Cairn.
extension RPCError {
  static func messageTooLarge(size: Int, limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, reason: "MESSAGE_TOO_LARGE",
      "the message received has \(size) bytes; the limit is \(limit) bytes",
      ["size": String(size), "limit": String(limit)])
  }

  static func inflatedMessageTooLarge(limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, reason: "MESSAGE_TOO_LARGE",
      "the message received has more than \(limit) bytes when it is inflated; the limit is \(limit) bytes",
      ["limit": String(limit)])
  }

  /// The bytes of a request are not the message they should be.
  package static func malformed(_ messageName: String, _ error: WireError) -> RPCError {
    RPCError(
      .invalidArgument, reason: "MESSAGE_MALFORMED", "the request is not a \(messageName): \(error)",
      ["message": messageName])
  }

  static func connectionReceivesTooMuch(limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, reason: "CONNECTION_BUFFER_FULL",
      "this connection has \(limit) bytes waiting to be read; send less at once", ["limit": String(limit)])
  }

  static func connectionQueuesTooMuch(limit: Int) -> RPCError {
    RPCError(
      .resourceExhausted, reason: "CONNECTION_BUFFER_FULL",
      "this connection has \(limit) bytes of answers waiting to be read; read them first",
      ["limit": String(limit)])
  }

  static var serverIsFull: RPCError {
    RPCError(
      .unavailable, reason: "SERVER_BUFFER_FULL",
      "the server holds as many bytes for its clients as it may; try again later", [:])
  }

  private init(
    _ code: StatusCode, reason: String, _ message: String, _ particulars: [String: String]
  ) {
    var info = GoogleRpcErrorInfo()
    info.reason = reason
    info.domain = "cairn"
    info.metadata = particulars
    self.init(code, message, details: [WellKnown.Any(info)])
  }
}
