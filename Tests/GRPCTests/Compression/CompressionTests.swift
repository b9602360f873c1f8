import Testing

@testable import GRPC

@Suite struct CompressionTests {
  /// Compresses its answers when asked to by metadata, and says how requests came.
  struct Packing: ServerInterceptor {
    func intercept(
      _ call: CallContext, next: () async throws(RPCError) -> Void
    ) async throws(RPCError) {
      if call.metadata["x-compress"] != nil {
        try call.setHeader("x-compresses", "\(call.compressAnswers())")
      }
      try await next()
      try call.setTrailer("x-was-compressed", "\(call.wasRequestCompressed)")
    }
  }

  static let sizes = [0, 10, 1000, 40_000, 1_000_000]

  @Test("messages come back the same, packed or not, small and large", arguments: sizes, [false, true])
  func unary(_ size: Int, _ compressAnswers: Bool) async throws {
    try await withProbe(interceptors: [Packing()]) { _, channel, _ in
      for compression in Compression.allCases {
        let options = CallOptions(
          metadata: compressAnswers ? ["x-compress": "1"] : [:], compression: compression)
        let text = String(repeating: "abcd", count: size / 4)
        let answer = try await channel.unary(ProbeService.unary, message(text), options: options)
        #expect(answer == message(text))
      }
    }
  }

  @Test("each message of a stream is packed or not, as its writer says")
  func streaming() async throws {
    try await withProbe(interceptors: [Packing()]) { _, channel, _ in
      let options = CallOptions(metadata: ["x-compress": "1"], compression: .gzip)
      let call = try await channel.bidirectional(ProbeService.both, options: options)
      for number: Int32 in 0..<20 {
        let text = String(repeating: "x", count: Int(number) * 10_000)
        try await call.write(message(text, code: number), compress: number % 2 == 0)
        #expect(try await call.next() == message(text, code: number))
      }
      await call.finishWriting()
      #expect(try await call.next() == nil)
      #expect(try await call.headers()["x-compresses"] == "true")
      #expect(await call.trailers()["x-was-compressed"] == "false")
    }
  }

  @Test("order holds although large messages are packed elsewhere")
  func order() async throws {
    try await withProbe(interceptors: [Packing()]) { _, channel, _ in
      let options = CallOptions(metadata: ["x-compress": "1"], compression: .gzip)
      let call = try await channel.bidirectional(ProbeService.both, options: options)
      async let written: Void = {
        for number: Int32 in 0..<50 {
          let text = String(repeating: "y", count: number % 3 == 0 ? 9 : 200_000)
          try await call.write(message(text, code: number))
        }
        await call.finishWriting()
      }()
      var next: Int32 = 0
      while let answer = try await call.next() {
        #expect(answer.code == next)
        next += 1
      }
      try await written
      #expect(next == 50)
    }
  }

  @Test("a server may compress by itself")
  func byDefault() async throws {
    var configuration = ServerConfiguration()
    configuration.compression = .gzip
    try await withProbe(configuration: configuration) { _, channel, _ in
      let text = String(repeating: "z", count: 2_000_000)
      let stream = try await channel.serverStreaming(ProbeService.down, message(text, code: 3))
      var count = 0
      while let answer = try await stream.next() {
        #expect(answer.message.utf8.count == 2_000_000)
        count += 1
      }
      #expect(count == 3)
    }
  }

  @Test("a bomb is stopped at the server's limit", arguments: [100_000, 300_000, 5_000_000])
  func serverBomb(_ limit: Int) async throws {
    var configuration = ServerConfiguration()
    configuration.maxReceiveMessageSize = limit
    try await withProbe(configuration: configuration) { _, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(
          ProbeService.unary, message(String(repeating: "b", count: 20_000_000)),
          options: CallOptions(compression: .gzip))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("\(limit) bytes") == true)
      let answer = try await channel.unary(ProbeService.unary, message("still here"))
      #expect(answer.message == "still here")
    }
  }

  @Test("a bomb is stopped at the client's limit", arguments: [100_000, 300_000])
  func clientBomb(_ limit: Int) async throws {
    try await withProbe(interceptors: [Packing()]) { _, channel, _ in
      let error = await #expect(throws: RPCError.self) {
        try await channel.unary(
          ProbeService.unary, message(String(repeating: "b", count: 3_000_000)),
          options: CallOptions(metadata: ["x-compress": "1"], maxReceiveMessageSize: limit))
      }
      #expect(error?.code == .resourceExhausted)
      #expect(error?.message.contains("\(limit) bytes") == true)
    }
  }

  static let lists: [(String, Bool)] = [
    ("gzip", true), ("identity,gzip", true), ("identity, deflate, gzip", true), ("gzip,identity", true),
    ("", false), ("identity", false), ("gzipx", false), ("xgzip", false), ("x-gzip,deflate", false),
    (",,gzip,,", true),
  ]

  @Test("grpc-accept-encoding is a list", arguments: lists)
  func accepted(_ text: String, _ accepts: Bool) {
    #expect(Array(text.utf8).withUnsafeBufferPointer { Compression.acceptsGzip($0) } == accepts)
  }
}
