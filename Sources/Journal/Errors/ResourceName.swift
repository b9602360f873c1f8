import CairnAPI
import GRPC
import Wire

/// A resource as errors name it: for people by its kind and id, for programs in a google.rpc.ResourceInfo.
package struct ResourceName: Sendable, Hashable {
  /// What people call it, as in "context".
  package let kind: String
  /// The full name of its message, as in `cairn.v1.Context`: the `resource_type`.
  package let type: String
  /// The `resource_name`: unique among those of its type in a project.
  package let id: String

  package init<M: Message>(_: M.Type, _ kind: String, _ id: String) {
    self.kind = kind
    type = M.messageName
    self.id = id
  }

  package static func project(_ id: String) -> ResourceName { ResourceName(Project.self, "project", id) }
}

extension RPCError {
  /// An error about one named resource, which is not there, there already, at another version, or not the
  /// caller's: with a google.rpc.ResourceInfo beside the ErrorInfo.
  ///
  /// - Parameter particulars: Of the ErrorInfo; without any other the `id`.
  package init(
    _ code: StatusCode, _ reason: ErrorReason, about resource: ResourceName, _ message: String,
    _ particulars: [String: String]? = nil
  ) {
    self.init(
      code, reason, message, particulars ?? ["id": resource.id],
      details: [.resource(resource.type, name: resource.id)])
  }

  package static func projectDeleted(_ id: String) -> RPCError {
    RPCError(
      .notFound, .projectDeleted, about: .project(id), "project `\(id)` is deleted", ["project": id])
  }

  package static func projectNotFound(_ id: String) -> RPCError {
    RPCError(
      .notFound, .projectNotFound, about: .project(id), "there is no project `\(id)`", ["project": id])
  }
}
