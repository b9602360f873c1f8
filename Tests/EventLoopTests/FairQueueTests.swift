import Testing

@testable import EventLoop

@Suite struct FairQueueTests {
  static let cases: [(name: String, entries: String, order: String)] = [
    ("nothing", "", ""),
    ("one key keeps its order", "a1 a2 a3", "a1 a2 a3"),
    ("keys take turns", "a1 a2 a3 b1 c1 b2", "a1 b1 c1 a2 b2 a3"),
    ("who sends much waits for himself", "a1 a2 a3 a4 a5 b1", "a1 b1 a2 a3 a4 a5"),
  ]

  @Test("the order of a queue with turns", arguments: cases.indices)
  func order(_ index: Int) {
    let it = Self.cases[index]
    var queue = FairQueue<Character, String>()
    for entry in it.entries.split(separator: " ") { queue.append(String(entry), for: entry.first!) }
    var order: [String] = []
    while let next = queue.popFirst() { order.append(next) }
    #expect(order.joined(separator: " ") == it.order, "\(it.name)")
    #expect(queue.isEmpty)
  }

  @Test("who comes while others wait has the next turn of its key")
  func late() {
    var queue = FairQueue<String, Int>()
    for number in 0..<1000 { queue.append(number, for: "a") }
    #expect(queue.popFirst() == 0)
    queue.append(-1, for: "b")
    #expect(queue.popFirst() == 1)
    #expect(queue.popFirst() == -1)
    for number in 2..<1000 { #expect(queue.popFirst() == number) }
    #expect(queue.popFirst() == nil)
  }
}
