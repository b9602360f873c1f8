import Testing

@testable import Postgres

@Suite struct CommitOverlapTests {
  @Test("nobody waits before anything is known")
  func beginning() {
    #expect(CommitOverlap().isWorthwhile)
  }

  @Test(
    "a slow commit is overlapped, a fast one is waited for",
    arguments: [
      (running: 400, committing: 5_000, isWorthwhile: true),
      (running: 400, committing: 400, isWorthwhile: true),
      (running: 1_500, committing: 200, isWorthwhile: false),
    ])
  func regimes(running: Int64, committing: Int64, isWorthwhile: Bool) {
    var overlap = CommitOverlap()
    for _ in 0..<5 { overlap.took(running: running, committing: committing) }
    #expect(overlap.isWorthwhile == isWorthwhile)
  }

  @Test("one batch that was held up changes nothing, a disk that has become slow does")
  func changes() {
    var overlap = CommitOverlap()
    for _ in 0..<50 { overlap.took(running: 1_000, committing: 100) }
    overlap.took(running: 1_000, committing: 5_000)
    #expect(!overlap.isWorthwhile)
    for _ in 0..<8 { overlap.took(running: 1_000, committing: 5_000) }
    #expect(overlap.isWorthwhile)
  }
}
