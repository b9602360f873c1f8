import GRPC
import Wire

/// Sends back what it gets; see `echo.proto`.
struct EchoService: EchoProvider {
  func unary(_ request: EchoMessage, _ call: CallContext) async throws(RPCError) -> EchoMessage {
    try await obey(request, call)
    return request
  }

  func serverStreaming(
    _ request: EchoMessage, _ responses: ResponseWriter<EchoMessage>, _ call: CallContext
  ) async throws(RPCError) {
    for _ in 0..<max(0, request.repeat) { try await responses.write(request) }
    try await obey(request, call)
  }

  func clientStreaming(
    _ requests: RequestStream<EchoMessage>, _ call: CallContext
  ) async throws(RPCError) -> EchoMessage {
    var answer = EchoMessage()
    while let request = try await requests.next() {
      try await obey(request, call)
      answer.text += request.text
    }
    return answer
  }

  func bidirectional(
    _ requests: RequestStream<EchoMessage>, _ responses: ResponseWriter<EchoMessage>, _ call: CallContext
  ) async throws(RPCError) {
    while let request = try await requests.next() {
      try await obey(request, call)
      try await responses.write(request)
    }
  }

  /// Waits and fails as the message says.
  private func obey(_ request: EchoMessage, _ call: CallContext) async throws(RPCError) {
    if request.delayMilliseconds > 0 || request.failWith != 0 { try await misbehave(request, call) }
  }

  @inline(never)
  private func misbehave(_ request: EchoMessage, _ call: CallContext) async throws(RPCError) {
    do throws(CancellationError) {
      try await call.loop.sleep(for: .milliseconds(Int64(max(0, request.delayMilliseconds))))
    } catch {
      throw RPCError(.cancelled, "the call was cancelled")
    }
    if let code = StatusCode(rawValue: request.failWith), code != .ok { throw RPCError(code, request.text) }
  }
}
