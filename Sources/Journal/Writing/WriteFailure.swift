import GRPC
import Postgres

/// A write that failed: what the caller is told, and what the database said, if it was the database.
struct WriteFailure: Error, PostgresErrorConvertible {
  let error: RPCError
  let cause: PostgresError?

  init(_ cause: PostgresError) {
    error = RPCError(cause)
    self.cause = cause
  }

  init(_ error: RPCError) {
    self.error = error
    cause = nil
  }

  /// A twin of the request was faster, or something that it has written is in the way.
  var mayBeTwin: Bool { cause?.isUniqueViolation() ?? false }

  /// The commit may or may not have happened.
  var isOutcomeUnknown: Bool { cause?.isOutcomeUnknown ?? false }

  /// Trying again, with the same request id, can do no harm and may succeed.
  var mayBeRepeated: Bool {
    guard let cause else { return false }
    return isOutcomeUnknown || cause.isUniqueViolation("request_pkey")
  }
}
