import GRPC

// Cases about messages that are packed one by one. Those of the client begin with a request that claims to be
// packed and is not: a server that can tell refuses it. `noprobe` is for servers that cannot.
extension InteropCase {
  static let clientCompressedUnary: Body = { channel in
    try await checkFails(.invalidArgument) { () async throws(RPCError) in
      let request = simple(response: 314_159, payload: 271_828, isCompressed: true)
      _ = try await GrpcTestingTestServiceClient(channel).unaryCall(request)
    }
    try await clientCompressedUnaryWithoutProbe(channel)
  }

  static let clientCompressedUnaryWithoutProbe: Body = { channel in
    let client = GrpcTestingTestServiceClient(channel)
    for isCompressed in [true, false] {
      let answer = try await client.unaryCall(
        simple(response: 314_159, payload: 271_828, isCompressed: isCompressed),
        options: CallOptions(compression: isCompressed ? .gzip : .identity))
      try check(answer.payload == payload(314_159), "not 314,159 zeros")
    }
  }

  static let clientCompressedStreaming: Body = { channel in
    try await checkFails(.invalidArgument) { () async throws(RPCError) in
      let client = GrpcTestingTestServiceClient(channel)
      let call = try await client.streamingInputCall(options: CallOptions(compression: .gzip))
      try await call.write(input(27_182, isCompressed: true), compress: false)
      _ = try await call.finish()
    }
    try await clientCompressedStreamingWithoutProbe(channel)
  }

  static let clientCompressedStreamingWithoutProbe: Body = { channel in
    let client = GrpcTestingTestServiceClient(channel)
    let call = try await client.streamingInputCall(options: CallOptions(compression: .gzip))
    try await call.write(input(27_182, isCompressed: true))
    try await call.write(input(45_904, isCompressed: false), compress: false)
    let answer = try await call.finish()
    try check(answer.aggregatedPayloadSize == 73_086, "\(answer.aggregatedPayloadSize) instead of 73,086")
  }

  /// As a stream, since a single answer does not tell how it came.
  static let serverCompressedUnary: Body = { channel in
    for isCompressed in [true, false] {
      var request = simple(response: 314_159, payload: 271_828)
      request.responseCompressed = flag(isCompressed)
      let call = try await channel.serverStreaming(GrpcTestingTestServiceMethods.unaryCall, request)
      let answer = try await call.next()
      try check(answer?.payload == payload(314_159), "not 314,159 zeros")
      try check(await call.wasAnswerCompressed == isCompressed, "compressed: \(!isCompressed)")
      try check(try await call.next() == nil, "more answers than one")
    }
  }

  static let serverCompressedStreaming: Body = { channel in
    let wanted: [(Int32, Bool)] = [(31_415, true), (92_653, false)]
    var request = output(wanted.map(\.0))
    for (index, one) in wanted.enumerated() { request.responseParameters[index].compressed = flag(one.1) }
    let call = try await GrpcTestingTestServiceClient(channel).streamingOutputCall(request)
    for (size, isCompressed) in wanted {
      let answer = try await call.next()
      try check(answer?.payload == payload(Int(size)), "not \(size) zeros")
      try check(await call.wasAnswerCompressed == isCompressed, "compressed: \(!isCompressed)")
    }
    try check(try await call.next() == nil, "more answers than asked for")
  }

  private static func flag(_ value: Bool) -> GrpcTestingBoolValue {
    var flag = GrpcTestingBoolValue()
    flag.value = value
    return flag
  }

  private static func simple(
    response: Int32, payload size: Int, isCompressed: Bool
  ) -> GrpcTestingSimpleRequest {
    var request = simple(response: response, payload: size)
    request.expectCompressed = flag(isCompressed)
    return request
  }

  private static func input(_ size: Int, isCompressed: Bool) -> GrpcTestingStreamingInputCallRequest {
    var request = GrpcTestingStreamingInputCallRequest()
    request.payload = payload(size)
    request.expectCompressed = flag(isCompressed)
    return request
  }
}
