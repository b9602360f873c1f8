import StandardProtos
import Testing
import Wire

@testable import GRPC

@Suite struct ErrorDetailTests {
  /// Each short form, and what a client reads.
  static let forms: [(ErrorDetail, String, String)] = [
    (
      .info("TOO_OLD", particulars: ["age": "3"]), "google.rpc.ErrorInfo",
      #"{"reason":"TOO_OLD","domain":"cairn.dev","metadata":{"age":"3"}}"#
    ),
    (
      .badRequest([.init("a.b[1]", "is empty", reason: "FIELD_INVALID"), .init("c", "is long")]),
      "google.rpc.BadRequest",
      #"{"fieldViolations":[{"field":"a.b[1]","description":"is empty","reason":"FIELD_INVALID"},"#
        + #"{"field":"c","description":"is long"}]}"#
    ),
    (.retry(after: .milliseconds(1500)), "google.rpc.RetryInfo", #"{"retryDelay":"1.500s"}"#),
    (
      .resource("cairn.v1.Context", name: "c1", description: "is deleted"), "google.rpc.ResourceInfo",
      #"{"resourceType":"cairn.v1.Context","resourceName":"c1","description":"is deleted"}"#
    ),
    (
      .preconditions([.init("LEASE", "tasks/1", "claim it first")]), "google.rpc.PreconditionFailure",
      #"{"violations":[{"type":"LEASE","subject":"tasks/1","description":"claim it first"}]}"#
    ),
    (
      .quota([.init("projects/p", "100 contexts")]), "google.rpc.QuotaFailure",
      #"{"violations":[{"subject":"projects/p","description":"100 contexts"}]}"#
    ),
    (.request("r-1"), "google.rpc.RequestInfo", #"{"requestId":"r-1"}"#),
    (
      .help("limits", url: "https://example.org/limits"), "google.rpc.Help",
      #"{"links":[{"description":"limits","url":"https://example.org/limits"}]}"#
    ),
  ]

  @Test("a short form makes the message that clients know", arguments: forms)
  func form(_ detail: ErrorDetail, _ type: String, _ json: String) throws {
    #expect(detail.message.typeName == type)
    #expect(try body(detail.message) == json)
  }

  private func body(_ any: WellKnown.`Any`) throws -> String? {
    func text<M: Message>(_ type: M.Type) throws -> String? { try any.unpack(type)?.json() }
    return try text(GoogleRpcErrorInfo.self) ?? text(GoogleRpcBadRequest.self) ?? text(
      GoogleRpcRetryInfo.self)
      ?? text(GoogleRpcResourceInfo.self) ?? text(GoogleRpcPreconditionFailure.self)
      ?? text(GoogleRpcQuotaFailure.self) ?? text(GoogleRpcRequestInfo.self) ?? text(GoogleRpcHelp.self)
  }

  @Test("details keep their order and are found by their type")
  func order() {
    let error = RPCError(.notFound, "gone", details: [.info("GONE"), .resource("t", name: "n")])
      .adding(.retry(after: .seconds(1)), .info("LATER"))
    #expect(
      error.details.map { String($0.typeName.split(separator: ".").last!) } == [
        "ErrorInfo", "ResourceInfo", "RetryInfo", "ErrorInfo",
      ])
    #expect(error.detail(GoogleRpcErrorInfo.self)?.reason == "GONE")
    #expect(error.detail(GoogleRpcHelp.self) == nil)
  }

  @Test("an error of the transport says its reason and its facts")
  func transport() {
    let error = RPCError.metadataTooLarge(size: 20_000, limit: 16_384)
    let info = error.detail(GoogleRpcErrorInfo.self)
    #expect(info?.reason == "METADATA_TOO_LARGE")
    #expect(info?.domain == "cairn.dev")
    #expect(info?.metadata == ["size": "20000", "limit": "16384"])
  }
}
