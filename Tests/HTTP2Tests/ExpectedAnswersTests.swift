import Testing

@testable import HTTP2

@Suite struct ExpectedAnswersTests {
  private static let mebibyte = 1 << 20
  private static let limit = 64 * mebibyte

  /// How many begin with `queued` bytes untaken after answers of these sizes.
  private func beginning(after sizes: [Int], queued: Int) -> Int {
    var expected = ExpectedAnswers()
    for size in sizes {
      expected.begin()
      expected.end(size: size)
    }
    while expected.count < 5000, expected.admits(queued: queued, limit: Self.limit) { expected.begin() }
    return expected.count
  }

  @Test(
    arguments: [
      (sizes: [], queued: 0, count: 128),
      (Array(repeating: 900_000, count: 50), 0, 37),
      (Array(repeating: 900_000, count: 50), 31 * mebibyte, 1),
      (Array(repeating: 900_000, count: 50), 32 * mebibyte + 1, 0),
      (Array(repeating: 100, count: 50), 0, 5000),
      (Array(repeating: 100, count: 50), 33 * mebibyte, 0),
      (Array(repeating: 200 * mebibyte, count: 50), 0, 1),
    ])
  func `As many answers begin as have room in half of the limit`(sizes: [Int], queued: Int, count: Int) {
    #expect(beginning(after: sizes, queued: queued) == count)
  }

  @Test func `What has no answer says nothing of sizes`() {
    var expected = ExpectedAnswers()
    let before = expected.typicalSize
    expected.begin()
    expected.end(size: nil)
    #expect(expected.typicalSize == before && expected.count == 0)
  }

  @Test func `Without a limit everything begins`() {
    var expected = ExpectedAnswers()
    for _ in 0..<10_000 {
      #expect(expected.admits(queued: 1 << 40, limit: .max))
      expected.begin()
    }
  }
}
