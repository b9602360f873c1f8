import CairnAPI
import GRPC
import StandardProtos

extension ProjectID {
  /// The project that a call is in: the one of its metadata or the one that its request names, which must be the same
  /// where both are given; `default` where neither is.
  ///
  /// - Throws: INVALID_ARGUMENT / FIELD_INVALID for the field `project`.
  static func agreed(metadata: ProjectID?, request: String) throws(RPCError) -> ProjectID {
    if request.isEmpty { return metadata ?? .default }
    guard let named = ProjectID(request) else {
      throw .projectField("must be a project id (\(rule)) or empty")
    }
    if let metadata, metadata != named {
      throw .projectField(
        "is `\(named)`, but the metadata cairn-project says `\(metadata)`: leave one of them out")
    }
    return named
  }
}

extension RPCError {
  /// - Parameter why: Completes the sentence "project …".
  fileprivate static func projectField(_ why: String) -> RPCError {
    RPCError(
      .invalidArgument, .fieldInvalid, "project \(why)",
      details: [.badRequest([.init("project", why, reason: ErrorReason.fieldInvalid.text)])])
  }
}
