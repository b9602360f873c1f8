import CairnAPI
import GRPC
import Journal
import StandardProtos
import Wire

/// The errors that all domains have. A domain makes its own, about a resource that does not exist or exists already,
/// with `RPCError(_:_:about:_:)`. `kind` is the name of the resource in messages, as in "context".
extension RPCError {
  package static func etagMismatch(
    _ resource: ResourceName, given: String, current: String
  ) -> RPCError {
    let name = "\(resource.kind) \(resource.id.quoted)"
    return RPCError(
      .aborted, .etagMismatch, about: resource,
      "\(name) is at version \(current.quoted), not \(given.quoted): read it again",
      ["id": resource.id, "etag": current])
  }

  package static func duplicateInBatch(_ kind: String, id: String) -> RPCError {
    RPCError(
      .invalidArgument, .duplicateInBatch, "\(kind) \(id.quoted) is named twice in this batch", ["id": id])
  }

  package static func responseFull(_ kind: String, id: String) -> RPCError {
    RPCError(
      .resourceExhausted, .responseFull, "the answer was full before \(kind) \(id.quoted): ask for it again",
      ["id": id])
  }

  /// The same error with more particulars in its ErrorInfo.
  package func adding(_ particulars: [String: String]) -> RPCError {
    var error = self
    for index in details.indices {
      guard var info = try? details[index].unpack(GoogleRpcErrorInfo.self) else { continue }
      for (name, value) in particulars { info.metadata[name] = value }
      error.details[index] = WellKnown.Any(info)
    }
    return error
  }
}
