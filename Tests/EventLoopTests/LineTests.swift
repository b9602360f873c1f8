import Testing

@testable import EventLoop

@Suite struct LineTests {
  @Test func `Who came first goes first, however many there are`() {
    var line = Line<Int>()
    var (next, expected) = (0, 0)
    for round in 1...200 {
      for _ in 0..<(round % 7 + 3) {
        line.append(next)
        next += 1
      }
      for _ in 0..<(round % 5 + 2) {
        #expect(line.first == expected)
        #expect(line.popFirst() == expected)
        expected += 1
      }
      #expect(line.count == next - expected)
    }
    while let one = line.popFirst() {
      #expect(one == expected)
      expected += 1
    }
    #expect(expected == next && line.isEmpty && line.first == nil)
  }

  @Test func `Those who are not wanted any more leave from anywhere`() {
    var line = Line<Int>()
    for number in 0..<100 { line.append(number) }
    for _ in 0..<10 { _ = line.popFirst() }
    line.removeAll { $0 % 3 != 0 }
    #expect(line.count == 30)
    #expect(line.popFirst() == 12)
    line.append(7)
    for _ in 0..<29 { _ = line.popFirst() }
    #expect(line.popFirst() == 7 && line.isEmpty)
  }
}
