import CairnAPI
import GRPC

/// A request for several writes at once, each of which could be a request of its own.
package protocol BatchRequest: WriteRequest {
  associatedtype Item: WriteRequest
  var requests: [Item] { get }
  /// All or none.
  var atomic: Bool { get }
}

extension Batch {
  /// ``init(validating:at:of:atomic:requestID:key:_:)`` of the items of a request, which leave their request ids to it.
  package init<Request: BatchRequest>(
    validating request: Request, of kind: String, key: (Item) -> String?,
    _ validate: (Request.Item, inout Violations) -> Item
  ) throws(RPCError) {
    try self.init(
      validating: request.requests, of: kind, atomic: request.atomic, requestID: request.requestId, key: key
    ) { item, violations in
      violations.leftToBatch(item)
      return validate(item, &violations)
    }
  }
}
