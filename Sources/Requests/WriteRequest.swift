import GRPC
import Journal
import Wire

/// A request for a write, as every domain has them. Name yours: `extension UpdateThingRequest: WriteRequest {}`.
package protocol WriteRequest: NamedRequest {
  /// The project, empty where the call's metadata says it.
  var project: String { get }
}

/// A request for a write, also of what is in no project.
package protocol NamedRequest: Message {
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
    _ request: Request, _ call: CallContext, validate: (Request, inout Violations) -> Item
  ) async throws(RPCError) -> (Item, CallScope) {
    var violations = Violations()
    let item = validate(request, &violations)
    violations.requestID(request.requestId)
    try violations.check()
    return (item, try await scope(of: request, call))
  }

  /// The scope to write a request in.
  package func scope(
    of request: some WriteRequest, _ call: CallContext
  ) async throws(RPCError) -> CallScope {
    try await scope(of: request, key: request.requestKey, call)
  }

  /// - Parameter key: Of the request, which takes a while to make of a large one.
  package func scope(
    of request: some WriteRequest, key: RequestKey?, _ call: CallContext
  ) async throws(RPCError) -> CallScope {
    var scope = try await scope(request.project, call, for: key)
    scope.effect = request.effect
    return scope
  }
}

extension NamedRequest {
  /// What becomes of what it writes.
  package var effect: WriteEffect { validateOnly ? .takenBack : .kept }

  /// Its name; nil when the caller gave it none, or only asks: nothing is kept of it then.
  package var requestKey: RequestKey? { validateOnly ? nil : RequestKey(requestId, of: self) }
}
