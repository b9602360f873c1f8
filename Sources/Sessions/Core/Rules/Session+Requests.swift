import CairnAPI
import Requests

extension CreateSessionRequest: WriteRequest {}
extension UpdateSessionRequest: WriteRequest {}
extension JoinSessionRequest: WriteRequest {}
extension LeaveSessionRequest: WriteRequest {}
extension EndSessionRequest: WriteRequest {}
extension SetSessionTtlRequest: WriteRequest {}
extension DeleteSessionRequest: WriteRequest {}

extension Session {
  /// Bytes that reading it takes time for, at least.
  var readBytes: Int { entities.prefix(Limits.entityCount).reduce(0) { $0 + $1.utf8.count } }
}

extension Violations {
  /// What a client says a session came to.
  mutating func outcome(_ outcome: SessionOutcome, at field: String) -> SessionOutcome {
    switch outcome {
    case .unspecified: return .completed
    case .working, .broken, .coordinated, .completed: return outcome
    case .expired: add("must not be EXPIRED, which the server alone finds", at: field)
    case .unrecognized(let number): unknown(field, number: number)
    }
    return outcome
  }
}
