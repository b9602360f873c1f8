import GRPC
import StandardProtos

extension GoogleRpcStatus {
  package init(_ error: RPCError) {
    self.init()
    code = error.code.rawValue
    message = error.message
    details = error.details
  }
}

extension RPCError {
  package init(_ status: GoogleRpcStatus) {
    self.init(StatusCode(rawValue: status.code) ?? .unknown, status.message, details: status.details)
  }
}
