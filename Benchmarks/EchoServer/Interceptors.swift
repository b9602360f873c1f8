import GRPC
import StandardProtos
import Wire

/// Sends metadata of the call back, in the headers and in the trailers. A key `x-echo-gzip` has the answers
/// compressed; its trailer then says whether the last request came so.
struct MetadataEcho: ServerInterceptor {
  func intercept(
    _ call: CallContext, _ next: () async throws(RPCError) -> Void
  ) async throws(RPCError) {
    guard wantsGzip(call) else { return try await next() }
    call.compressAnswers()
    try await next()
    call.setTrailer("x-was-compressed", "\(call.wasRequestCompressed)")
  }

  private func wantsGzip(_ call: CallContext) -> Bool {
    var wanted = false
    call.metadata.fields.forEach { name, value in
      if name.starts(with: "x-echo-") {
        wanted = wanted || name.equals("x-echo-gzip")
        let (name, value) = (String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        call.setHeader(name, value)
        call.setTrailer(name, value)
      }
      return true
    }
    return wanted
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
      throw detailed(error)
    }
  }

  private func detailed(_ error: RPCError) -> RPCError {
    var info = GoogleRpcErrorInfo()
    info.reason = "ECHO"
    info.domain = "echo.cairn"
    info.metadata = ["text": error.message]
    var error = error
    error.details.append(WellKnown.`Any`(info))
    return error
  }
}
