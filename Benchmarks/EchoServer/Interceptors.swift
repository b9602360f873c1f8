import GRPC
import StandardProtos
import Wire

/// Sends metadata of the call back, in the headers and in the trailers. A key `x-echo-gzip` has the answers
/// compressed; its trailer then says whether the last request came so.
struct MetadataEcho: ServerInterceptor {
  func intercept(
    _ call: CallContext, next: () async throws(RPCError) -> Void
  ) async throws(RPCError) {
    guard try wantsGzip(call) else { return try await next() }
    call.compressAnswers()
    try await next()
    try call.setTrailer("x-was-compressed", "\(call.wasRequestCompressed)")
  }

  private func wantsGzip(_ call: CallContext) throws(RPCError) -> Bool {
    // In the order in which they came, each once.
    var names: [String] = []
    call.metadata.fields.visit { name, _ in
      guard name.starts(with: "x-echo-") else { return true }
      let name = String(decoding: name, as: UTF8.self)
      if !names.contains(name) { names.append(name) }
      return true
    }
    for name in names {
      if name.hasSuffix("-bin") {
        for value in call.metadata.values(bytes: name) ?? [] {
          try call.setHeader(name, bytes: value)
          try call.setTrailer(name, bytes: value)
        }
      } else {
        for value in call.metadata.values(name) {
          try call.setHeader(name, value)
          try call.setTrailer(name, value)
        }
      }
    }
    return names.contains("x-echo-gzip")
  }
}

/// Gives every failure a detail that programs can read.
struct FailureDetails: ServerInterceptor {
  func intercept(
    _ call: CallContext, next: () async throws(RPCError) -> Void
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
