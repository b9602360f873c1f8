import CairnAPI
import Journal
import Requests
import Testing
import Wire

@testable import Contexts

@Suite struct MemoryRulesTests {
  @Test("what PostgreSQL keeps is what was said")
  func json() {
    var memory = Memory()
    memory.kind = .instruction
    memory.importance = .critical
    memory.confidence = 0.1
    memory.source = .llm
    memory.origin = MemoryOrigin()
    memory.origin?.session = "\"s\""
    memory.origin?.principal = "p"
    memory.validFrom = WellKnown.Timestamp(microseconds: -1)
    memory.validTo = WellKnown.Timestamp(microseconds: 253_402_300_799_999_999)
    #expect(MemoryJSON.memory(from: MemoryJSON.text(of: memory)) == memory)
    var plain = Memory()
    plain.kind = .fact
    plain.importance = .medium
    plain.confidence = 1
    #expect(MemoryJSON.memory(from: #"{"kind": 1, "importance": 2, "confidence": 1, "new": [1]}"#) == plain)
    #expect(MemoryJSON.memory(from: "[]") == nil)
  }

  @Test(
    "a memory without a title gets one from its content",
    arguments: [
      ("short", "short"), ("\n \n\t first line\r\nsecond", "first line"), ("", ""), (" \n", ""),
      (String(repeating: "ä", count: 120), String(repeating: "ä", count: 120)),
      (String(repeating: "ä", count: 121), String(repeating: "ä", count: 119) + "…"),
    ])
  func titles(_ content: String, _ title: String) {
    #expect(MemoryTitle.made(of: content) == title)
  }

  @Test("the call completes what a request leaves out")
  func origin() {
    var context = Context()
    context.content = "x"
    context.memory = Memory()
    context.memory?.origin = MemoryOrigin()
    context.memory?.origin?.task = "mine"
    let scope = CallScope(principal: "erika", agent: "a", session: "s", task: "t", operation: "test")
    var violations = Violations()
    let draft = ContextDraft(remembering: context, by: scope, at: "context", &violations)
    #expect(violations.isEmpty && draft.context.type == .memory && draft.context.session == "s")
    let origin = draft.context.memory?.origin
    #expect(origin?.task == "mine" && origin?.agent == "a" && origin?.principal == "erika")
    #expect(draft.context.memory?.kind == .fact && draft.context.memory?.confidence == 1)
  }

  @Test(
    "confidence is a number from 0 to 1", arguments: [(0.0, true), (1, true), (-0.1, false), (.nan, false)])
  func confidence(_ value: Double, _ isFine: Bool) {
    var memory = Memory()
    memory.confidence = value
    var violations = Violations()
    _ = violations.memory(memory, at: "memory")
    #expect(violations.isEmpty == isFine)
  }
}
