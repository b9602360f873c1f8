import CairnAPI
import GRPC
import Journal
import StandardProtos
import Wire

/// The errors of this domain, each made in one place.
extension RPCError {
  /// There is none, or it belongs to another project: the caller must not learn which.
  static func contextNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .contextNotFound, "no context \(id.quoted) in this project", ["id": id])
  }

  static func contextDeleted(_ id: String) -> RPCError {
    RPCError(
      .notFound, .contextDeleted, "context \(id.quoted) is deleted; UndeleteContext brings it back",
      ["id": id])
  }

  static func contextExists(_ id: String) -> RPCError {
    RPCError(.alreadyExists, .contextExists, "a context \(id.quoted) exists already", ["id": id])
  }

  static func contextNotDeleted(_ id: String) -> RPCError {
    RPCError(.alreadyExists, .contextNotDeleted, "context \(id.quoted) is not deleted", ["id": id])
  }

  static func etagMismatch(_ id: String, given: String, current: String) -> RPCError {
    RPCError(
      .aborted, .etagMismatch,
      "context \(id.quoted) is at version \(current.quoted), not \(given.quoted): read it again",
      ["id": id, "etag": current])
  }

  static func duplicateInBatch(_ id: String) -> RPCError {
    RPCError(
      .invalidArgument, .duplicateInBatch, "context \(id.quoted) is named twice in this batch",
      ["id": id])
  }

  static func responseFull(_ id: String) -> RPCError {
    RPCError(
      .resourceExhausted, .responseFull, "the answer was full before context \(id.quoted): ask for it again",
      ["id": id])
  }

  static func projectNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .projectNotFound, "there is no project \(id.quoted)", ["project": id])
  }

  static func projectExists(_ id: String) -> RPCError {
    RPCError(.alreadyExists, .projectExists, "a project \(id.quoted) exists already", ["project": id])
  }
}

extension RPCError {
  /// The same error with more particulars in its ErrorInfo.
  func adding(_ particulars: [String: String]) -> RPCError {
    var error = self
    for index in details.indices {
      guard var info = try? details[index].unpack(GoogleRpcErrorInfo.self) else { continue }
      info.metadata.merge(particulars) { _, new in new }
      error.details[index] = WellKnown.Any(info)
    }
    return error
  }
}
