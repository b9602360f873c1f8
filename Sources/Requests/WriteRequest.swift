import GRPC
import Journal
import Wire

/// A request for a write, as every domain has them. Name yours: `extension UpdateThingRequest: WriteRequest {}`.
package protocol WriteRequest: Message {
  /// The project, empty where the call's metadata says it.
  var project: String { get }
  /// Makes a repetition safe; empty when the caller did not name the request.
  var requestId: String { get }
  /// Check everything, write nothing.
  var validateOnly: Bool { get }
}

extension Journal {
  /// Validates a request for a write; returns the valid item and the scope to write it in, with the request id (the
  /// idempotency key), in a project that exists.
  ///
  /// - Parameter validate: Adds to the violations everything that is wrong; the caller learns of it at once.
  package func accept<Request: WriteRequest, Item>(
    _ request: Request, _ call: CallContext, _ validate: (Request, inout Violations) -> Item
  ) async throws(RPCError) -> (Item, CallScope) {
    var violations = Violations()
    let item = validate(request, &violations)
    violations.requestID(request.requestId)
    try violations.check()
    return (item, try await scope(request.project, call, RequestKey(request.requestId, of: request)))
  }
}
