import Testing

@testable import Postgres

@Suite("Ring")
struct RingTests {
  @Test("elements leave in the order they came, across growth and wrap-around")
  func order() {
    var ring = Ring<Int>()
    var expected: [Int] = []
    var next = 0
    for step in 0..<1000 {
      for _ in 0..<(step % 7) {
        ring.append(next)
        expected.append(next)
        next += 1
      }
      for _ in 0..<(step % 5) where !expected.isEmpty {
        #expect(ring.popFirst() == expected.removeFirst())
      }
      #expect(ring.count == expected.count && ring.first == expected.first)
    }
    #expect(ring.removeAll() == expected)
    #expect(ring.isEmpty && ring.popFirst() == nil)
  }

  @Test("what is put back comes first")
  func prepending() {
    var ring = Ring<Int>()
    for number in 3...20 { ring.append(number) }
    ring.prepend([1, 2])
    #expect(ring.removeAll() == Array(1...20))
  }
}
