import Testing

@testable import Contexts

@Suite struct ContainmentTests {
  typealias Part = (container: String, part: String, from: Int64, to: Int64)

  private func containment(_ parts: [Part]) -> Containment {
    var containment = Containment()
    for part in parts { containment.insert(part.part, in: part.container, from: part.from, to: part.to) }
    return containment
  }

  @Test(
    "a loop is found and named, whatever lies beside it",
    arguments: [
      ([], "a", "b", nil),
      ([], "a", "a", ["a", "a"]),
      (["ab"], "b", "a", ["b", "a", "b"]),
      (["ab", "bc", "cd"], "d", "a", ["d", "a", "b", "c", "d"]),
      (["ab", "bc", "ac"], "c", "a", ["c", "a", "c"]),
      (["ab", "ac", "bd", "cd"], "e", "a", nil),
      (["ab", "ac", "bd", "cd"], "d", "a", ["d", "a", "b", "d"]),
      (["ab", "ba"], "c", "a", nil),
    ] as [([String], String, String, [String]?)])
  func loops(_ pairs: [String], _ container: String, _ part: String, _ loop: [String]?) {
    let containment = containment(
      pairs.map { (String($0.first!), String($0.last!), 0, StoredRelationship.open) })
    #expect(containment.loop(closing: container, part, from: 0, to: StoredRelationship.open) == loop)
  }

  @Test("only what holds at the same time makes a loop")
  func times() {
    let containment = containment([("a", "b", 10, 20), ("b", "c", 15, 30)])
    #expect(containment.loop(closing: "c", "a", from: 0, to: 10) == nil)
    #expect(containment.loop(closing: "c", "a", from: 20, to: 40) == nil)
    #expect(containment.loop(closing: "c", "a", from: 19, to: 40) == ["c", "a", "b", "c"])
    #expect(containment.loop(closing: "b", "a", from: 20, to: 21) == nil)
    #expect(containment.loop(closing: "b", "a", from: 5, to: 11) == ["b", "a", "b"])
  }
}
