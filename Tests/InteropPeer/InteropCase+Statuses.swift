import GRPC

// Cases about what goes beside messages: cancellation, deadlines, metadata, statuses.
extension InteropCase {
  static let cancelAfterBegin: Body = { channel in
    let call = try await GrpcTestingTestServiceClient(channel).streamingInputCall()
    await call.cancel()
    try await checkFails(.cancelled) { () async throws(RPCError) in _ = try await call.finish() }
  }

  static let cancelAfterFirstResponse: Body = { channel in
    let call = try await GrpcTestingTestServiceClient(channel).fullDuplexCall()
    try await call.write(output([31_415], payload: 27_182))
    let answer = try await call.next()
    try check(answer?.payload == payload(31_415), "not 31,415 zeros")
    await call.cancel()
    try await checkFails(.cancelled) { () async throws(RPCError) in _ = try await call.next() }
  }

  static let timeoutOnSleepingServer: Body = { channel in
    let client = GrpcTestingTestServiceClient(channel)
    try await checkFails(.deadlineExceeded) { () async throws(RPCError) in
      let call = try await client.fullDuplexCall(options: CallOptions(timeout: .milliseconds(1)))
      try await call.write(output([], payload: 27_182))
      _ = try await call.next()
    }
  }

  static let customMetadata: Body = { channel in
    let client = GrpcTestingTestServiceClient(channel)
    let binary: [UInt8] = [0xab, 0xab, 0xab]
    var metadata: Metadata = ["x-grpc-test-echo-initial": "test_initial_metadata_value"]
    metadata.append("x-grpc-test-echo-trailing-bin", bytes: binary)
    let call = try await client.fullDuplexCall(options: CallOptions(metadata: metadata))
    try await call.write(output([314_159], payload: 271_828))
    await call.finishWriting()
    while try await call.next() != nil {}
    let initial = try await call.headers()["x-grpc-test-echo-initial"]
    try check(initial == "test_initial_metadata_value", "the headers have \(initial ?? "nothing")")
    let trailing = await call.trailers()[bytes: "x-grpc-test-echo-trailing-bin"]
    try check(trailing == binary, "the trailers have \(trailing ?? [])")
  }

  static let statusCodeAndMessage: Body = { channel in
    try await checkStatus("test status message", channel)
  }

  static let specialStatusMessage: Body = { channel in
    try await checkStatus(
      "\t\ntest with whitespace\r\nand Unicode BMP \u{263a} and non-BMP \u{1f608}\t\n", channel)
  }

  private static func checkStatus(_ message: String, _ channel: Channel) async throws {
    let client = GrpcTestingTestServiceClient(channel)
    try await checkFails(.unknown, message) { () async throws(RPCError) in
      var request = GrpcTestingSimpleRequest()
      request.responseStatus = status(2, message)
      _ = try await client.unaryCall(request)
    }
    try await checkFails(.unknown, message) { () async throws(RPCError) in
      let call = try await client.fullDuplexCall()
      var request = GrpcTestingStreamingOutputCallRequest()
      request.responseStatus = status(2, message)
      try await call.write(request)
      await call.finishWriting()
      _ = try await call.next()
    }
  }

  static let unimplementedMethod: Body = { channel in
    try await checkFails(.unimplemented) { () async throws(RPCError) in
      _ = try await GrpcTestingTestServiceClient(channel).unimplementedCall(GrpcTestingEmpty())
    }
  }

  static let unimplementedService: Body = { channel in
    try await checkFails(.unimplemented) { () async throws(RPCError) in
      _ = try await GrpcTestingUnimplementedServiceClient(channel).unimplementedCall(GrpcTestingEmpty())
    }
  }
}
