import GRPC
import StandardProtos
import Wire

/// Sends metadata of the call back, in the headers and in the trailers.
struct MetadataEcho: ServerInterceptor {
  func intercept(
    _ call: CallContext, _ next: () async throws(RPCError) -> Void
  ) async throws(RPCError) {
    call.metadata.fields.forEach { name, value in
      if name.starts(with: "x-echo-") {
        let (name, value) = (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        call.setHeader(name, value)
        call.setTrailer(name, value)
      }
      return true
    }
    try await next()
  }
}

/// Gives every failure a detail that programs can read.
struct FailureDetails: ServerInterceptor {
  func intercept(
    _ call: CallContext, _ next: () async throws(RPCError) -> Void
  ) async throws(RPCError) {
    do throws(RPCError) {
      try await next()
    } catch {
      var info = GoogleRpcErrorInfo()
      info.reason = "ECHO"
      info.domain = "echo.cairn"
      info.metadata = ["text": error.message]
      var error = error
      error.details.append(WellKnown.`Any`(info))
      throw error
    }
  }
}
