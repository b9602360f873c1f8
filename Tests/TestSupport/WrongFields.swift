import GRPC
import StandardProtos

/// The fields that a refusal names as wrong, in order; empty when `body` goes through.
package func wrongFields(_ body: () throws(RPCError) -> Void) throws -> [String] {
  do throws(RPCError) {
    try body()
    return []
  } catch {
    for detail in error.details {
      if let request = try detail.unpack(GoogleRpcBadRequest.self) {
        return request.fieldViolations.map(\.field)
      }
    }
    return ["(\(error.code): \(error.message))"]
  }
}
