import CairnAPI
import GRPC
import Requests
import TestSupport
import Testing

@testable import Sessions

/// What is checked and counted of messages.
@Suite struct MessageRulesTests {
  private func message(
    _ role: SessionMessage.Role = .user, _ content: String = "hello", tokens: Int32 = 0,
    tokenizer: String = ""
  ) -> SessionMessage {
    var message = SessionMessage()
    (message.role, message.content, message.tokenCount, message.tokenizer) = (
      role, content, tokens, tokenizer
    )
    return message
  }

  @Test(
    "tokens are estimated by bytes where the client has not counted them",
    arguments: [
      ("", 0), ("a", 1), ("abcd", 1), ("abcde", 2), ("éé", 1), ("ééé", 2), ("🙂", 1),
    ] as [(String, Int32)])
  func estimate(content: String, tokens: Int32) {
    var violations = Violations()
    let stored = violations.message(message(.user, content), at: "message")
    #expect(stored.tokenCount == tokens && stored.tokenizer == "bytes/4")
  }

  @Test("what the client has counted is kept, with the name that it gives")
  func counted() {
    var violations = Violations()
    let stored = violations.message(message(tokens: 7, tokenizer: "own"), at: "message")
    #expect(stored.tokenCount == 7 && stored.tokenizer == "own" && violations.isEmpty)
  }

  @Test("wrong fields are named at once")
  func wrong() throws {
    var given = message(.unrecognized(99), "\0", tokens: -1, tokenizer: "\n")
    given.name = String(repeating: "n", count: 129)
    #expect(
      try wrongFields { () throws(RPCError) in
        var violations = Violations()
        _ = violations.message(given, at: "message")
        try violations.check()
      } == [
        "message.role", "message.content", "message.name", "message.tokenizer", "message.token_count",
      ])
    #expect(
      try wrongFields { () throws(RPCError) in
        var violations = Violations()
        _ = violations.message(message(.unspecified, String(repeating: "x", count: 1_048_577)), at: "m")
        try violations.check()
      } == ["m.role", "m.content"])
    #expect(
      try wrongFields { () throws(RPCError) in _ = try MessageWindow(validating: GetMessageWindowRequest()) }
        == [
          "session", "token_budget",
        ])
  }
}
