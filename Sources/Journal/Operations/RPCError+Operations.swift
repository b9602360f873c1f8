import CairnAPI
import GRPC

extension ResourceName {
  static func operation(_ id: String) -> ResourceName { ResourceName(Operation.self, "operation", id) }
}

extension RPCError {
  /// There is none, or it is another project's: the caller must not learn which.
  static func operationNotFound(_ id: String) -> RPCError {
    RPCError(.notFound, .operationNotFound, about: .operation(id), "no operation `\(id)` in this project")
  }

  static func operationEnded(_ operation: OperationRow) -> RPCError {
    let end = operation.state == .done ? "is done" : "has failed"
    return RPCError(
      .failedPrecondition, .operationEnded, about: .operation(operation.id),
      "operation `\(operation.id)` \(end): there is nothing left to cancel")
  }
}
