import Testing

@testable import Journal

@Suite struct KeyQueueTests {
  /// `1:ab` is writer 1, who wants the keys a and b; `-1` leaves. Says who begins, waits or is refused.
  private static func run(_ events: String, limit: Int = 10) -> String {
    var queue = KeyQueue<Character>(limit: limit)
    var said: [String] = []
    for event in events.split(separator: " ") {
      if event.first == "-" {
        let next = queue.leave(Int(event.dropFirst())!)
        said.append("[" + next.sorted().map(String.init).joined(separator: ",") + "]")
        continue
      }
      let parts = event.split(separator: ":")
      let group = parts.count > 2 ? String(parts[2]) : "p"
      switch queue.arrive(Int(parts[0])!, for: Array(parts[1]), of: group) {
      case .begins: said.append("begins")
      case .waits: said.append("waits")
      case .refused: said.append("refused")
      }
    }
    if queue.isEmpty { said.append("empty") }
    return said.joined(separator: " ")
  }

  @Test(
    "writers of one key have their turns in order",
    arguments: [
      ("1:a 2:a 3:a -1 -2 -3", "begins waits waits [2] [3] [] empty"),
      ("1:a 2:b -2 -1", "begins begins [] [] empty"),
      // Each stands in all its lines from the start: 2 waits for 1, 3 for 2, though b is free.
      ("1:a 2:ab 3:b 4:c -1 -2 -3 -4", "begins waits waits begins [2] [3] [] [] empty"),
      // In the opposite order nobody waits for ever.
      ("1:ab 2:ba 3:ab -1 -2 -3", "begins waits waits [2] [3] [] empty"),
      // One leaves two free.
      ("1:ab 2:a 3:b -1 -2 -3", "begins waits waits [2,3] [] [] empty"),
      // Who gives up leaves its places to those behind.
      ("1:a 2:ab 3:b -2 -3 -1", "begins waits waits [3] [] [] empty"),
      ("1:a 2:a 3:a -2 -1 -3", "begins waits waits [] [3] [] empty"),
      ("-7", "[] empty"),
    ])
  func turns(events: String, expected: String) { #expect(Self.run(events) == expected) }

  @Test("no more of a group wait than may, and other groups do not count")
  func limit() {
    let said = Self.run("1:a 2:a 3:a 4:a 5:b 6:a:q -1 4:a -2 -3 -6 -4 -5", limit: 2)
    #expect(
      said == "begins waits waits refused begins waits [2] waits [3] [6] [4] [] [] empty")
  }
}
