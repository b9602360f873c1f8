import CairnAPI
import Journal
import Testing

@testable import GRPC
@testable import Requests

@Suite struct BatchTests {
  /// A batch of ids, of which `bad` is wrong.
  private func batch(_ ids: [String], atomic: Bool = false) throws(RPCError) -> Batch<String> {
    try Batch(validating: ids, of: "context", atomic: atomic, requestID: "", key: { $0 }) { id, violations in
      if id == "bad" { violations.add("is bad", at: "id") }
      return id
    }
  }

  private func reasons<T>(_ items: [Result<T, RPCError>]) -> [ErrorReason?] { items.map { $0.error?.reason } }

  @Test("wrong and repeated items are refused in their places")
  func each() throws {
    let batch = try batch(["a", "bad", "b", "a", "bad"])
    #expect(reasons(batch.items) == [nil, .fieldInvalid, nil, .duplicateInBatch, .fieldInvalid])
    #expect(batch.valid == ["a", "b"])
  }

  @Test(
    "equivalent keys of other bytes are two", arguments: [("caf\u{e9}", "cafe\u{301}"), ("K", "\u{212a}")])
  func equivalent(_ one: String, _ other: String) throws {
    let batch = try batch([one, other, one])
    #expect(reasons(batch.items) == [nil, nil, .duplicateInBatch])
  }

  @Test("an atomic batch with a wrong item is refused as a whole, the first one named")
  func atomic() throws {
    let error = #expect(throws: RPCError.self) { try batch(["a", "bad", "a", "bad"], atomic: true) }
    #expect(error?.reason == .fieldInvalid)
    #expect(error?.particular("index") == "1")
    #expect(error?.particular("failed") == "3")
    let duplicate = #expect(throws: RPCError.self) { try batch(["a", "a"], atomic: true) }
    #expect(duplicate?.reason == .duplicateInBatch)
  }

  @Test("empty and oversized batches are refused", arguments: [0, 1001])
  func size(_ count: Int) {
    let error = #expect(throws: RPCError.self) { try batch(Array(repeating: "a", count: count)) }
    #expect(error?.reason == .fieldInvalid)
  }

  @Test("a decision against one item concerns it, the batch or the call")
  func decided() throws {
    func decide(_ id: String) -> Result<String, RPCError> {
      id == "gone"
        ? .failure(RPCError(.notFound, .contextNotFound, "no such item", ["id": id])) : .success(id)
    }
    let each = try batch(["a", "gone", "bad"]).decided(decide)
    #expect(reasons(each) == [nil, .contextNotFound, .fieldInvalid])
    let atomic = #expect(throws: RPCError.self) { try batch(["a", "gone"], atomic: true).decided(decide) }
    #expect(atomic?.reason == .contextNotFound && atomic?.particular("index") == "1")
    #expect(atomic?.particular("id") == "gone")
    let single = #expect(throws: RPCError.self) { try Batch("gone").decided(decide) }
    #expect(single?.reason == .contextNotFound && single?.particular("index") == nil)
  }
}
