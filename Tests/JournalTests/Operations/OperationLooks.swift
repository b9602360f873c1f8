import CairnAPI
import GRPC
import Patience
import TestSupport
import Testing

@testable import Journal

extension CallScope {
  static func of(_ project: String) -> CallScope {
    CallScope(project: ProjectID(project)!, operation: "test.Operations/Begin")
  }
}

extension TestServer {
  func find(_ operation: OperationRow) async throws -> OperationRow {
    try await journal.operations.get(operation.id, in: operation.project)
  }

  func becomes(_ state: OperationRow.State, _ operation: OperationRow) async throws {
    try await eventually("\(operation.kind) of \(operation.project) is \(state)") {
      try await find(operation).state == state
    }
  }

  /// The reason for which something is refused.
  func refusal(_ body: (Operations) async throws -> Void) async -> ErrorReason? {
    do {
      try await body(journal.operations)
      return nil
    } catch {
      return (error as? RPCError)?.reason
    }
  }
}

extension Result where Failure == any Error {
  static func of(_ body: () async throws -> Success) async -> Result {
    do { return .success(try await body()) } catch { return .failure(error) }
  }
}
