import EventLoop
import GRPC
import Wire

/// The server of gRPC's interoperability tests (`doc/interop-test-descriptions.md` in the gRPC repository).
struct TestService: GrpcTestingTestServiceProvider {
  func emptyCall(
    _ request: GrpcTestingEmpty, _ call: CallContext
  ) async throws(RPCError) -> GrpcTestingEmpty {
    request
  }

  func unaryCall(
    _ request: GrpcTestingSimpleRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcTestingSimpleResponse {
    try echoMetadata(call)
    try check(request.expectCompressed, call)
    try obey(request.responseStatus)
    if request.responseCompressed?.value == true { call.compressAnswers() }
    var response = GrpcTestingSimpleResponse()
    response.payload = try payload(request.responseSize)
    return response
  }

  func cacheableUnaryCall(
    _ request: GrpcTestingSimpleRequest, _ call: CallContext
  ) async throws(RPCError) -> GrpcTestingSimpleResponse {
    try await unaryCall(request, call)
  }

  func streamingOutputCall(
    _ request: GrpcTestingStreamingOutputCallRequest,
    _ responses: ResponseWriter<GrpcTestingStreamingOutputCallResponse>, _ call: CallContext
  ) async throws(RPCError) {
    try obey(request.responseStatus)
    try await answer(request, responses, call)
  }

  func streamingInputCall(
    _ requests: RequestStream<GrpcTestingStreamingInputCallRequest>, _ call: CallContext
  ) async throws(RPCError) -> GrpcTestingStreamingInputCallResponse {
    var response = GrpcTestingStreamingInputCallResponse()
    while let request = try await requests.next() {
      try check(request.expectCompressed, call)
      response.aggregatedPayloadSize += Int32(request.payload?.body.count ?? 0)
    }
    return response
  }

  func fullDuplexCall(
    _ requests: RequestStream<GrpcTestingStreamingOutputCallRequest>,
    _ responses: ResponseWriter<GrpcTestingStreamingOutputCallResponse>, _ call: CallContext
  ) async throws(RPCError) {
    try echoMetadata(call)
    while let request = try await requests.next() {
      try obey(request.responseStatus)
      try await answer(request, responses, call)
    }
  }

  func halfDuplexCall(
    _ requests: RequestStream<GrpcTestingStreamingOutputCallRequest>,
    _ responses: ResponseWriter<GrpcTestingStreamingOutputCallResponse>, _ call: CallContext
  ) async throws(RPCError) {
    var all: [GrpcTestingStreamingOutputCallRequest] = []
    while let request = try await requests.next() { all.append(request) }
    for request in all { try await answer(request, responses, call) }
  }

  func unimplementedCall(
    _ request: GrpcTestingEmpty, _ call: CallContext
  ) async throws(RPCError) -> GrpcTestingEmpty {
    throw RPCError(.unimplemented, "TestService.UnimplementedCall is here to be missing")
  }

  // MARK: What requests ask for

  private func answer(
    _ request: GrpcTestingStreamingOutputCallRequest,
    _ responses: ResponseWriter<GrpcTestingStreamingOutputCallResponse>, _ call: CallContext
  ) async throws(RPCError) {
    // Said with the head, so before the first answer; those that are to go as they are say so themselves.
    if request.responseParameters.contains(where: { $0.compressed?.value == true }) { call.compressAnswers() }
    for parameters in request.responseParameters {
      if parameters.intervalUs > 0 {
        do throws(CancellationError) {
          try await call.loop.sleep(for: .microseconds(Int64(parameters.intervalUs)))
        } catch {
          throw RPCError(.cancelled, "the call was cancelled")
        }
      }
      var response = GrpcTestingStreamingOutputCallResponse()
      response.payload = try payload(parameters.size)
      try await responses.write(response, compress: parameters.compressed?.value == true)
    }
  }

  private func payload(_ size: Int32) throws(RPCError) -> GrpcTestingPayload {
    guard size >= 0 else { throw RPCError(.invalidArgument, "a payload cannot have \(size) bytes") }
    var payload = GrpcTestingPayload()
    payload.body = [UInt8](repeating: 0, count: Int(size))
    return payload
  }

  /// What the request says about itself; where it says nothing, anything goes.
  private func check(_ expected: GrpcTestingBoolValue?, _ call: CallContext) throws(RPCError) {
    guard let expected, expected.value != call.wasRequestCompressed else { return }
    throw RPCError(
      .invalidArgument, "the request was to come \(expected.value ? "compressed" : "uncompressed")")
  }

  private func obey(_ status: GrpcTestingEchoStatus?) throws(RPCError) {
    guard let status, status.code != 0 else { return }
    throw RPCError(StatusCode(rawValue: status.code) ?? .unknown, status.message)
  }

  private func echoMetadata(_ call: CallContext) throws(RPCError) {
    if let initial = call.metadata["x-grpc-test-echo-initial"] {
      try call.setHeader("x-grpc-test-echo-initial", initial)
    }
    if let trailing = call.metadata[bytes: "x-grpc-test-echo-trailing-bin"] {
      try call.setTrailer("x-grpc-test-echo-trailing-bin", bytes: trailing)
    }
  }
}
