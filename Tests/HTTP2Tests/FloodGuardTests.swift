import EventLoop
import Testing

@testable import HTTP2

@Suite struct FloodGuardTests {
  enum Step {
    /// So many frames at once, and how many of them pass.
    case frames(Int, passing: Int)
    case answers(Int)
    case wait(milliseconds: Int64)
  }

  static let cases: [(name: String, steps: [Step])] = [
    ("a burst passes, no more", [.frames(12, passing: 10)]),
    (
      "a budget refills with time",
      [.frames(10, passing: 10), .wait(milliseconds: 500), .frames(4, passing: 2)]
    ),
    ("it never holds more than a burst", [.wait(milliseconds: 3_600_000), .frames(12, passing: 10)]),
    (
      "a fraction of a frame is kept",
      [
        .frames(10, passing: 10), .wait(milliseconds: 200), .frames(1, passing: 0), .wait(milliseconds: 100),
        .frames(2, passing: 1), .wait(milliseconds: 200), .frames(2, passing: 1),
      ]
    ),
    ("answers earn as many frames", [.frames(10, passing: 10), .answers(3), .frames(4, passing: 3)]),
    ("answers earn nothing beyond a burst", [.answers(100), .frames(12, passing: 10)]),
    (
      "a clock that stands still gives nothing",
      [.frames(10, passing: 10), .wait(milliseconds: 0), .frames(1, passing: 0)]
    ),
  ]

  @Test("a peer may send so many frames that carry no work", arguments: cases.indices)
  func flood(_ index: Int) {
    var now = Instant(nanoseconds: 1_000_000_000)
    var flood = FloodGuard(burst: 10, perSecond: 4, at: now)
    for step in Self.cases[index].steps {
      switch step {
      case .frames(let count, let passing):
        #expect(
          (0..<count).filter { _ in flood.spend(at: now) }.count == passing, "\(Self.cases[index].name)")
      case .answers(let count): for _ in 0..<count { flood.earn() }
      case .wait(let milliseconds): now = now + .milliseconds(milliseconds)
      }
    }
  }
}
