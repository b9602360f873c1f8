import GRPC

// Cases about messages, in each of the four kinds of call.
extension InteropCase {
  private static let requestSizes = [27_182, 8, 1_828, 45_904]
  private static let responseSizes: [Int32] = [31_415, 9, 2_653, 58_979]

  static let emptyUnary: Body = { channel in
    let answer = try await GrpcTestingTestServiceClient(channel).emptyCall(GrpcTestingEmpty())
    try check(answer == GrpcTestingEmpty(), "the answer is not empty")
  }

  static let largeUnary: Body = { channel in
    let request = simple(response: 314_159, payload: 271_828)
    let answer = try await GrpcTestingTestServiceClient(channel).unaryCall(request)
    try check(answer.payload == payload(314_159), "not 314,159 zeros")
  }

  static let clientStreaming: Body = { channel in
    let call = try await GrpcTestingTestServiceClient(channel).streamingInputCall()
    for size in requestSizes {
      var request = GrpcTestingStreamingInputCallRequest()
      request.payload = payload(size)
      try await call.write(request)
    }
    let answer = try await call.finish()
    try check(answer.aggregatedPayloadSize == 74_922, "\(answer.aggregatedPayloadSize) instead of 74,922")
  }

  static let serverStreaming: Body = { channel in
    let answers = try await GrpcTestingTestServiceClient(channel).streamingOutputCall(output(responseSizes))
    for size in responseSizes {
      let answer = try await answers.next()
      try check(answer?.payload == payload(Int(size)), "not \(size) zeros")
    }
    try check(try await answers.next() == nil, "more answers than asked for")
  }

  static let pingPong: Body = { channel in
    let call = try await GrpcTestingTestServiceClient(channel).fullDuplexCall()
    for (request, response) in zip(requestSizes, responseSizes) {
      try await call.write(output([response], payload: request))
      let answer = try await call.next()
      try check(answer?.payload == payload(Int(response)), "not \(response) zeros")
    }
    await call.finishWriting()
    try check(try await call.next() == nil, "more answers than asked for")
  }

  static let emptyStream: Body = { channel in
    let call = try await GrpcTestingTestServiceClient(channel).fullDuplexCall()
    await call.finishWriting()
    try check(try await call.next() == nil, "an answer to nothing")
  }
}
