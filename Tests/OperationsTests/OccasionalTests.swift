import EventLoop
import Testing

@testable import Operations

@Suite struct OccasionalTests {
  @Test("of many events in an interval the first is told, and the next one tells their number")
  func many() {
    var occasional = Occasional(every: .seconds(10))
    let start = Instant(nanoseconds: 0)
    let told = [0, 1, 9, 10, 11, 30, 40].map { occasional.happened(at: start + .seconds($0)) }
    #expect(told == [0, nil, nil, 2, nil, 1, 0])
  }
}
