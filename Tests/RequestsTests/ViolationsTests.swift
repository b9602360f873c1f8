import CairnAPI
import Journal
import StandardProtos
import Testing

@testable import GRPC
@testable import Requests

@Suite struct ViolationsTests {
  private func fields(_ error: RPCError?) throws -> [String] {
    for detail in error?.details ?? [] {
      if let request = try detail.unpack(GoogleRpcBadRequest.self) {
        return request.fieldViolations.map(\.field)
      }
    }
    return []
  }

  @Test("one error names every wrong field and says how many there are")
  func all() throws {
    var violations = Violations()
    #expect(violations.error() == nil)
    violations.add("must not be empty", at: "context.title")
    violations.add("is there twice", at: "context.tags[3]")
    let error = violations.error()
    #expect(error?.code == .invalidArgument)
    #expect(error?.message == "context.title must not be empty (and 1 more)")
    #expect(error?.reason == .fieldInvalid)
    #expect(try fields(error) == ["context.title", "context.tags[3]"])
  }

  @Test("the reason is that of the violations where they agree")
  func reason() {
    var violations = Violations()
    violations.add("a", at: "update_mask", reason: .fieldMaskInvalid)
    #expect(violations.error()?.reason == .fieldMaskInvalid)
    violations.add("b", at: "context.title")
    #expect(violations.error()?.reason == .fieldInvalid)
  }

  @Test("an error stays small however much is wrong")
  func bounded() throws {
    var violations = Violations()
    for index in 0..<100_000 {
      violations.add("is wrong", at: "field[\(index)]" + String(repeating: "x", count: 1000))
    }
    let error = try #require(violations.error())
    #expect(violations.count == 100_000)
    #expect(error.details.reduce(error.message.utf8.count) { $0 + $1.value.count } < 6_000)
    #expect(error.message.hasSuffix("(and 99999 more)"))
  }

  @Test("what is wrong with an item of a batch is named below its place")
  func below() throws {
    var item = Violations()
    item.add("must not be empty", at: "context.title")
    var all = Violations()
    all.add(item, below: "requests[7].")
    #expect(try fields(all.error()) == ["requests[7].context.title"])
  }
}
