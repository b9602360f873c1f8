import Testing

@testable import GRPC

@Suite struct AnswerMetadataTests {
  @Test(
    "metadata of an answer is taken up to the limit, in its head and in its trailers",
    arguments: [
      (20, false, true), (20, true, true), (60, false, false), (60, true, false), (400, false, false),
      (400, true, false),
    ] as [(Int, Bool, Bool)])
  func limit(_ fields: Int, _ inTrailers: Bool, _ isTaken: Bool) async throws {
    var configuration = ChannelConfiguration()
    configuration.maxMetadataSize = 4 << 10
    try await RetryTests.withPeer([.metadata(fields: fields, inTrailers: inTrailers)], configuration) {
      _, channel in
      if isTaken { return try await RetryTests.call(.unary, channel) }
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(ProbeService.unary, message("m"))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("the limit is 4096 bytes") == true)
      // The connection and the next call are none the worse for it.
      try await RetryTests.call(.unary, channel)
    }
  }
}
