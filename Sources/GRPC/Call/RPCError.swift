import Wire

/// How a call failed: what the client sees as its status, details and trailers.
package struct RPCError: Error, Sendable, Hashable, CustomStringConvertible {
  package var code: StatusCode
  /// For people: what is wrong and what to do about it.
  package var message: String
  /// For programs: messages of google.rpc/error_details.proto and the like.
  package var details: [WellKnown.`Any`]
  /// Sent with the trailers.
  package var metadata: Metadata

  package init(
    _ code: StatusCode, _ message: String, details: [WellKnown.`Any`] = [], metadata: Metadata = [:]
  ) {
    self.code = code
    self.message = message
    self.details = details
    self.metadata = metadata
  }

  package var description: String { "\(code): \(message)" }
}
