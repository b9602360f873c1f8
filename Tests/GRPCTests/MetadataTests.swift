import HTTP2
import StandardProtos
import Testing
import Wire

@testable import GRPC

@Suite struct MetadataTests {
  static let texts: [(key: String, value: String, why: String?)] = [
    ("x-a", "plain ~", nil), ("X-Upper_1.b", "", nil), ("cairn-project", "p", nil),
    ("", "v", "is empty"), ("x a", "v", "other characters"), ("ключ", "v", "other characters"),
    (":path", "/x", "belongs to the protocol"), (":status", "500", "belongs to the protocol"),
    ("content-type", "text/html", "belongs to the protocol"), ("TE", "x", "belongs to the protocol"),
    ("grpc-status", "0", "belongs to the protocol"), ("grpc-timeout", "1n", "belongs to the protocol"),
    ("connection", "close", "belongs to the protocol"),
    ("x-a", "a\r\ngrpc-status: 0", "not printable ASCII"), ("x-a", "Grüße", "not printable ASCII"),
    ("x-a", "\u{7f}", "not printable ASCII"), ("x-a-bin", "text", "ends in -bin"),
  ]

  @Test("what cannot be sent is not taken, and said", arguments: texts.indices)
  func text(_ index: Int) {
    let (key, value, why) = Self.texts[index]
    var metadata: Metadata = ["before": "1"]
    metadata.append(key, value)
    metadata.append("after", "2")
    #expect(metadata["before"] == "1" && metadata["after"] == "2")
    guard let why else {
      #expect(metadata.problem == nil && metadata[key.lowercased()] == value)
      return
    }
    #expect(metadata.fields.count == 2)
    #expect(metadata.problem?.code == .invalidArgument)
    #expect(metadata.problem?.message.contains(why) == true, "\(String(describing: metadata.problem))")
    #expect(metadata.problem?.detail(GoogleRpcErrorInfo.self)?.reason == "CALL_METADATA_INVALID")
  }

  @Test("bytes need a key that ends in -bin")
  func bytes() {
    var metadata = Metadata()
    metadata.append("x-a-bin", bytes: [0, 255])
    #expect(metadata.problem == nil && metadata[bytes: "x-a-bin"] == [0, 255])
    metadata.append("x-a", bytes: [1])
    #expect(metadata.problem?.message.contains("does not end in -bin") == true)
  }

  @Test("all values of a key can be had, also those that came in one field")
  func values() {
    var block = HeaderBlock()
    for (name, value) in [
      ("x-a", "1"), ("x-b", "2"), ("x-a", "3,4"), ("x-a-bin", "AQI=,Aw"), ("x-a-bin", "BA=="),
      ("x-b-bin", "?"),
      ("x-c-bin", ""),
    ] { block.append(name, value) }
    let metadata = Metadata(block)
    #expect(metadata.values("x-a") == ["1", "3,4"])
    #expect(metadata["x-a"] == "1" && metadata.values("x-none") == [])
    #expect(metadata.values(bytes: "x-a-bin") == [[1, 2], [3], [4]])
    #expect(metadata[bytes: "x-a-bin"] == [1, 2])
    #expect(metadata.values(bytes: "x-b-bin") == nil && metadata[bytes: "x-b-bin"] == nil)
    #expect(metadata.values(bytes: "x-c-bin") == [[]])
    #expect(metadata.values(bytes: "x-none-bin") == [])
  }

  @Test("a call with metadata that cannot be sent fails and is not made")
  func caller() async throws {
    try await withProbe { service, channel, _ in
      for metadata: Metadata in [["content-type": "text/html"], ["x-a": "1\n2"], ["grpc-timeout": "1n"]] {
        let error = await #expect(throws: RPCError.self) {
          try await channel.unary(
            ProbeService.unary, message("m"), options: CallOptions(metadata: metadata))
        }
        #expect(error?.code == .invalidArgument)
      }
      #expect(service.started.load(ordering: .relaxed) == 0)
      let answer = try await channel.unary(ProbeService.unary, message("m"))
      #expect(answer.message == "m")
    }
  }

  /// Sets what the call's metadata names.
  private struct Setter: ServerInterceptor {
    func intercept(
      _ call: CallContext, next: () async throws(RPCError) -> Void
    ) async throws(RPCError) {
      let (place, key) = (call.metadata["x-place"] ?? "", call.metadata["x-key"] ?? "")
      if place == "head" { try call.setHeader(key, call.metadata["x-value"] ?? "") }
      if place == "tail" { try call.setTrailer(key, call.metadata["x-value"] ?? "") }
      try await next()
    }
  }

  @Test("a handler that sets such metadata fails with a clear error", arguments: ["head", "tail"])
  func handler(_ place: String) async throws {
    try await withProbe(interceptors: [Setter()]) { _, channel, _ in
      for key in ["grpc-status", "content-type", ":status", "x-a-bin"] {
        let error = await #expect(throws: RPCError.self) {
          try await channel.unary(
            ProbeService.unary, message("m"),
            options: CallOptions(metadata: ["x-place": place, "x-key": key, "x-value": "0"]))
        }
        #expect(error?.code == .internal)
        #expect(error?.message.contains("'\(key)'") == true)
      }
      let good = CallOptions(metadata: ["x-place": place, "x-key": "x-good", "x-value": "0"])
      let answer = try await channel.unary(ProbeService.unary, message("m"), options: good)
      #expect(answer.message == "m")
    }
  }
}
